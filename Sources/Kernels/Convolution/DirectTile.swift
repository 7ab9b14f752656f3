/// A register tile of a direct 3×3 convolution: an `OutputTile` for each of some rows.
///
/// Every tile adds a column's three products to each sum from top to bottom; tiles differ in the order in which they
/// visit different sums, which decides how many registers they need.
protocol DirectTile {
    /// The outputs and pixels of one row.
    associatedtype Row: OutputTile where Row.Element == Element
    /// The type of a sum.
    associatedtype Element: KernelElement
    /// Sums that begin with the biases of the outputs.
    init(bias: UnsafePointer<Element>)
    /// Adds one column of the kernel for one input channel: `pixels` is the first pixel under the column's middle, and
    /// `weights` the packed `[3 rows][outputs]`.
    mutating func addColumn(_ pixels: UnsafePointer<Element>, _ rowStride: Int, _ weights: UnsafePointer<Element>)
    /// Hands over the sums of each output and row.
    func store(to destination: some SumDestination<Element>)
}

/// One row.
struct DirectTile1<Row: OutputTile>: DirectTile {
    typealias Element = Row.Element

    private var row0: Row

    @inline(__always)
    init(bias: UnsafePointer<Element>) {
        row0 = Row(bias: bias)
    }

    @inline(__always)
    mutating func addColumn(_ pixels: UnsafePointer<Element>, _ rowStride: Int, _ weights: UnsafePointer<Element>) {
        row0.addProduct(Row.Pixels(loading: pixels - rowStride), weights)
        row0.addProduct(Row.Pixels(loading: pixels), weights + Row.outputs)
        row0.addProduct(Row.Pixels(loading: pixels + rowStride), weights + 2 &* Row.outputs)
    }

    @inline(__always)
    func store(to destination: some SumDestination<Element>) {
        row0.store(to: destination, row: 0)
    }
}

/// Two rows, each weight used for both before the next.
struct DirectTile2<Row: OutputTile>: DirectTile {
    typealias Element = Row.Element

    private var row0: Row
    private var row1: Row

    @inline(__always)
    init(bias: UnsafePointer<Element>) {
        row0 = Row(bias: bias)
        row1 = Row(bias: bias)
    }

    @inline(__always)
    mutating func addColumn(_ pixels: UnsafePointer<Element>, _ rowStride: Int, _ weights: UnsafePointer<Element>) {
        let above = Row.Pixels(loading: pixels - rowStride)
        let line0 = Row.Pixels(loading: pixels)
        row0.addProduct(above, weights)
        row1.addProduct(line0, weights)
        let line1 = Row.Pixels(loading: pixels + rowStride)
        row0.addProduct(line0, weights + Row.outputs)
        row1.addProduct(line1, weights + Row.outputs)
        let below = Row.Pixels(loading: pixels + 2 &* rowStride)
        row0.addProduct(line1, weights + 2 &* Row.outputs)
        row1.addProduct(below, weights + 2 &* Row.outputs)
    }

    @inline(__always)
    func store(to destination: some SumDestination<Element>) {
        row0.store(to: destination, row: 0)
        row1.store(to: destination, row: 1)
    }
}

/// Four rows, each line of pixels used for all of them before the next.
struct DirectTile4<Row: OutputTile>: DirectTile {
    typealias Element = Row.Element

    private var row0: Row
    private var row1: Row
    private var row2: Row
    private var row3: Row

    @inline(__always)
    init(bias: UnsafePointer<Element>) {
        row0 = Row(bias: bias)
        row1 = Row(bias: bias)
        row2 = Row(bias: bias)
        row3 = Row(bias: bias)
    }

    @inline(__always)
    mutating func addColumn(_ pixels: UnsafePointer<Element>, _ rowStride: Int, _ weights: UnsafePointer<Element>) {
        let (upper, centre, lower) = (weights, weights + Row.outputs, weights + 2 &* Row.outputs)
        row0.addProduct(Row.Pixels(loading: pixels - rowStride), upper)
        let line0 = Row.Pixels(loading: pixels)
        row0.addProduct(line0, centre)
        row1.addProduct(line0, upper)
        let line1 = Row.Pixels(loading: pixels + rowStride)
        row0.addProduct(line1, lower)
        row1.addProduct(line1, centre)
        row2.addProduct(line1, upper)
        let line2 = Row.Pixels(loading: pixels + 2 &* rowStride)
        row1.addProduct(line2, lower)
        row2.addProduct(line2, centre)
        row3.addProduct(line2, upper)
        let line3 = Row.Pixels(loading: pixels + 3 &* rowStride)
        row2.addProduct(line3, lower)
        row3.addProduct(line3, centre)
        row3.addProduct(Row.Pixels(loading: pixels + 4 &* rowStride), lower)
    }

    @inline(__always)
    func store(to destination: some SumDestination<Element>) {
        row0.store(to: destination, row: 0)
        row1.store(to: destination, row: 1)
        row2.store(to: destination, row: 2)
        row3.store(to: destination, row: 3)
    }
}
