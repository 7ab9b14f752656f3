/// Where the pixels of a tile go in each output plane.
protocol PixelDestination {
    /// Writes the tile's pixels into a plane.
    func store<P: PixelVectors>(_ pixels: P, in plane: UnsafeMutablePointer<Float>)
}

/// Rows without gaps: pixels are consecutive.
struct ContiguousPixels: PixelDestination {
    /// Offset of the first pixel in the plane.
    let first: Int
    /// Pixels to write; fewer than the tile's only where it is a tile of 8.
    let count: Int

    @inline(__always)
    func store<P: PixelVectors>(_ pixels: P, in plane: UnsafeMutablePointer<Float>) {
        if count >= P.width {
            pixels.store(to: plane + first)
        } else {
            pixels.forEachVector { vector, _ in storeVector(vector, plane + first, count: count) }
        }
    }
}

/// Rows of `PaddedPlanes`, across whose ends the tile may reach.
///
/// A vector that crosses the end of a row is written once for each row that it touches; the lanes that belong to another
/// row fall into the gaps, which must be cleared before they are read.
struct PaddedPixels: PixelDestination {
    /// Offset and column of the first pixel of each of up to three vectors, with the rows from it to the end.
    private let spot0: Spot
    private let spot1: Spot
    private let spot2: Spot
    private let width: Int
    private let rowStride: Int

    private struct Spot {
        var offset: Int
        var column: Int
        var rows: Int

        @inline(__always)
        func advanced(width: Int, rowStride: Int) -> Spot {
            var next = Spot(offset: offset &+ 8, column: column &+ 8, rows: rows)
            while next.column >= width {
                next.column &-= width
                next.offset &+= rowStride &- width
                next.rows &-= 1
            }
            return next
        }
    }

    /// A tile whose first pixel is at `row` and `column`, in planes whose row `0` is at `origin`; no row from `endRow` on
    /// is written.
    @inline(__always)
    init(row: Int, column: Int, endRow: Int, width: Int, rowStride: Int, origin: Int) {
        self.width = width
        self.rowStride = rowStride
        spot0 = Spot(offset: origin &+ row &* rowStride &+ column, column: column, rows: endRow &- row)
        spot1 = spot0.advanced(width: width, rowStride: rowStride)
        spot2 = spot1.advanced(width: width, rowStride: rowStride)
    }

    @inline(__always)
    func store<P: PixelVectors>(_ pixels: P, in plane: UnsafeMutablePointer<Float>) {
        if spot0.column &+ P.width <= width {
            pixels.store(to: plane + spot0.offset)
        } else {
            pixels.forEachVector { vector, place in
                store(vector, at: place == 0 ? spot0 : place == 8 ? spot1 : spot2, in: plane)
            }
        }
    }

    @inline(__always)
    private func store(_ vector: PixelVector, at spot: Spot, in plane: UnsafeMutablePointer<Float>) {
        var offset = spot.offset
        var covered = width &- spot.column
        var rows = spot.rows
        guard rows > 0 else { return }
        storeVector(vector, plane + offset)
        while covered < 8 {
            rows &-= 1
            guard rows > 0 else { return }
            offset &+= rowStride &- width
            storeVector(vector, plane + offset)
            covered &+= width
        }
    }
}
