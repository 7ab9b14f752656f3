/// Where the pixels of a tile go in each output plane.
protocol PixelDestination {
    /// Writes the tile's pixels into a plane.
    func store<P: PixelVectors>(_ pixels: P, in plane: UnsafeMutablePointer<P.Element>)
}

/// Rows without gaps: pixels are consecutive.
struct ContiguousPixels: PixelDestination {
    /// Offset of the first pixel in the plane.
    let first: Int
    /// Pixels to write; fewer than the tile's only where it is a tile of 8.
    let count: Int

    @inline(__always)
    func store<P: PixelVectors>(_ pixels: P, in plane: UnsafeMutablePointer<P.Element>) {
        if P.width == 8 && count < 8 {
            pixels.store(to: FirstElements(pointer: plane + first, count: count))
        } else {
            pixels.store(to: plane + first)
        }
    }
}

/// Consecutive pixels that are added to what a plane holds.
struct AddedPixels: PixelDestination, PixelDestinations {
    /// Offset of the first pixel in the plane.
    let first: Int
    /// Pixels to add to; fewer than the tile's only where it is a tile of 8.
    let count: Int

    @inline(__always)
    func next<P: PixelVectors>(_: P.Type, start: Int) -> AddedPixels {
        AddedPixels(first: first &+ start, count: count &- start)
    }

    @inline(__always)
    func store<P: PixelVectors>(_ pixels: P, in plane: UnsafeMutablePointer<P.Element>) {
        let isIncomplete = P.width == 8 && count < 8
        var sums = isIncomplete ? P(loading: plane + first, count: count) : P(loading: plane + first)
        sums.addProduct(pixels, 1)
        if isIncomplete {
            sums.store(to: FirstElements(pointer: plane + first, count: count))
        } else {
            sums.store(to: plane + first)
        }
    }
}

/// The first elements of a vector, at any address.
struct FirstElements<Element: KernelElement>: VectorDestination {
    /// The address.
    let pointer: UnsafeMutablePointer<Element>
    /// The number of elements, 0 to 8.
    let count: Int

    @inline(__always)
    func store(_ vector: SIMD8<Element>, at index: Int) {
        storeVector(vector, pointer, count: count)
    }
}

/// Where the tiles of a line of pixels go, asked one after the other.
protocol PixelDestinations {
    associatedtype Destination: PixelDestination
    /// Where the next tile goes, whose first pixel is pixel `start` of the line.
    mutating func next<P: PixelVectors>(_: P.Type, start: Int) -> Destination
}

/// A line without gaps, of `count` pixels from offset `first` of a plane.
struct ConsecutivePixels: PixelDestinations {
    let first: Int
    let count: Int

    @inline(__always)
    func next<P: PixelVectors>(_: P.Type, start: Int) -> ContiguousPixels {
        ContiguousPixels(first: first &+ start, count: count &- start)
    }
}

/// Walks along rows with gaps between them, in steps that end where rows end.
struct RowWalk {
    /// Offset of the next step.
    private var offset: Int
    private var column = 0
    private let width: Int
    private let gap: Int

    @inline(__always)
    init(offset: Int, width: Int, gap: Int) {
        self.offset = offset
        self.width = width
        self.gap = gap
    }

    @inline(__always)
    mutating func next(_ step: Int) -> Int {
        let start = offset
        column &+= step
        offset &+= step
        if column == width {
            column = 0
            offset &+= gap
        }
        return start
    }
}

/// Rows with gaps between them, each of whole tiles of 16.
struct RowsOfTiles: PixelDestinations {
    /// Along rows of a multiple of 16 pixels.
    var walk: RowWalk

    @inline(__always)
    mutating func next<P: PixelVectors>(_: P.Type, start: Int) -> ContiguousPixels {
        ContiguousPixels(first: walk.next(P.width), count: P.width)
    }
}

/// Rows with gaps between them, each of whole vectors.
struct RowsOfVectors: PixelDestinations {
    /// Along rows of a multiple of 8 pixels.
    var walk: RowWalk

    @inline(__always)
    mutating func next<P: PixelVectors>(_: P.Type, start: Int) -> TwoVectors {
        let first = walk.next(8)
        return TwoVectors(first: first, second: P.width == 8 ? first : walk.next(8))
    }
}

/// The offsets of up to two vectors.
struct TwoVectors: PixelDestination {
    fileprivate let first: Int
    fileprivate let second: Int

    @inline(__always)
    func store<P: PixelVectors>(_ pixels: P, in plane: UnsafeMutablePointer<P.Element>) {
        pixels.store(to: InPlane(offsets: self, plane: plane))
    }
    private struct InPlane<Element: KernelElement>: VectorDestination {
        let offsets: TwoVectors
        let plane: UnsafeMutablePointer<Element>

        @inline(__always)
        func store(_ vector: SIMD8<Element>, at index: Int) {
            storeVector(vector, plane + (index == 0 ? offsets.first : offsets.second))
        }
    }
}
