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
        if P.width == 8 && count < 8 {
            pixels.store(to: FirstFloats(pointer: plane + first, count: count))
        } else {
            pixels.store(to: plane + first)
        }
    }
}

/// The first floats of a vector, at any address.
struct FirstFloats: VectorDestination {
    /// The address.
    let pointer: UnsafeMutablePointer<Float>
    /// The number of floats, 0 to 8.
    let count: Int

    @inline(__always)
    func store(_ vector: PixelVector, place: Int) {
        storeVector(vector, pointer, count: count)
    }
}

/// Rows of `PaddedPlanes`, across whose ends the tile may reach.
///
/// A vector that crosses the end of a row is written once for each row that it touches; the lanes that belong to
/// another row fall into the gaps, which must be cleared before they are read.
struct PaddedPixels: PixelDestination {
    /// Offset and column of the first pixel of each of up to three vectors, with the rows from it to the end.
    let spot0: Spot
    let spot1: Spot
    let spot2: Spot
    let width: Int
    let rowStride: Int

    struct Spot {
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

    /// A tile whose first pixel is at `row` and `column`, in planes whose row `0` is at `origin`; no row from `endRow`
    /// on is written.
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
            pixels.store(to: RowsOfPlane(pixels: self, plane: plane))
        }
    }

    /// The rows in one plane.
    private struct RowsOfPlane: VectorDestination {
        let pixels: PaddedPixels
        let plane: UnsafeMutablePointer<Float>

        @inline(__always)
        func store(_ vector: PixelVector, place: Int) {
            let spot = place == 0 ? pixels.spot0 : place == 8 ? pixels.spot1 : pixels.spot2
            pixels.store(vector, at: spot, in: plane)
        }
    }

    @inline(__always)
    func store(_ vector: PixelVector, at spot: Spot, in plane: UnsafeMutablePointer<Float>) {
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
