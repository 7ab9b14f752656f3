/// The sums of some output channels over one bundle of pixels, in registers.
protocol OutputTile {
    /// The pixels.
    associatedtype Pixels: PixelVectors<Element>
    /// The type of a sum.
    associatedtype Element: KernelElement
    /// Output channels, at most eight.
    static var outputs: Int { get }
    /// Every pixel of an output equal to that output's bias, of `outputs` consecutive ones.
    init(bias: UnsafePointer<Element>)
    /// Every pixel zero.
    init()
    /// What `save` wrote.
    init(saved: UnsafePointer<Element>)
    /// Adds one input's pixels times the weight of each output, of `outputs` lanes from `lane` on.
    mutating func addProduct(_ pixels: Pixels, _ weights: WeightLanes<Element>, lane: Int)
    /// Adds the sums of `part`.
    mutating func add(_ part: Self)
    /// Hands over the sums of each output of this row of a tile, the first of them as number `first`.
    func store(to destination: some SumDestination<Element>, first: Int, row: Int)
}

extension OutputTile {
    /// Adds one input's pixels times the weight of each output, of `outputs` consecutive ones; as many elements must be
    /// readable as the next multiple of four.
    @inline(__always)
    mutating func addProduct(_ pixels: Pixels, _ weights: UnsafePointer<Element>) {
        addProduct(pixels, WeightLanes(weights, count: Self.outputs), lane: 0)
    }

    /// Hands over the sums of each output of this row of a tile.
    @inline(__always)
    func store(to destination: some SumDestination<Element>, row: Int) {
        store(to: destination, first: 0, row: row)
    }

    /// Elements of a tile that was laid aside.
    @inline(__always) static var savedCount: Int { outputs &* Pixels.width }

    /// Lays the tile aside while other inputs are at work: `[outputs][Pixels.width]`.
    @inline(__always)
    func save(to pointer: UnsafeMutablePointer<Element>) {
        store(to: SavedSums(pointer: pointer), row: 0)
    }
}

/// What takes the sums of a tile; a type and not a closure, as `VectorDestination`.
protocol SumDestination<Element> {
    /// The type of a sum.
    associatedtype Element: KernelElement
    /// Takes the sums of an output and row of the tile.
    func store<Pixels: PixelVectors<Element>>(_ sums: Pixels, output: Int, row: Int)
}

/// Where a tile is laid aside.
private struct SavedSums<Element: KernelElement>: SumDestination {
    let pointer: UnsafeMutablePointer<Element>

    @inline(__always)
    func store<Pixels: PixelVectors<Element>>(_ sums: Pixels, output: Int, row: Int) {
        sums.store(to: pointer + output &* Pixels.width)
    }
}

/// One output.
struct OutputTile1<Pixels: PixelVectors>: OutputTile {
    typealias Element = Pixels.Element

    private var sums: Pixels

    @inline(__always) static var outputs: Int { 1 }

    @inline(__always)
    init() {
        sums = Pixels(repeating: 0)
    }

    @inline(__always)
    init(bias: UnsafePointer<Element>) {
        sums = Pixels(repeating: bias[0])
    }

    @inline(__always)
    init(saved: UnsafePointer<Element>) {
        sums = Pixels(loading: saved)
    }

    @inline(__always)
    mutating func addProduct(_ pixels: Pixels, _ weights: WeightLanes<Element>, lane: Int) {
        sums.addProduct(pixels, weights[lane])
    }

    @inline(__always)
    mutating func add(_ part: Self) {
        sums.add(part.sums)
    }

    @inline(__always)
    func store(to destination: some SumDestination<Element>, first: Int, row: Int) {
        destination.store(sums, output: first, row: row)
    }
}

/// The outputs of one tile, then those of another.
struct JoinedOutputs<Left: OutputTile, Right: OutputTile>: OutputTile where Left.Pixels == Right.Pixels {
    typealias Pixels = Left.Pixels
    typealias Element = Pixels.Element

    private var left: Left
    private var right: Right

    @inline(__always) static var outputs: Int { Left.outputs &+ Right.outputs }

    @inline(__always)
    init() {
        left = Left()
        right = Right()
    }

    @inline(__always)
    init(bias: UnsafePointer<Element>) {
        left = Left(bias: bias)
        right = Right(bias: bias + Left.outputs)
    }

    @inline(__always)
    init(saved: UnsafePointer<Element>) {
        left = Left(saved: saved)
        right = Right(saved: saved + Left.savedCount)
    }

    @inline(__always)
    mutating func addProduct(_ pixels: Pixels, _ weights: WeightLanes<Element>, lane: Int) {
        left.addProduct(pixels, weights, lane: lane)
        right.addProduct(pixels, weights, lane: lane &+ Left.outputs)
    }

    @inline(__always)
    mutating func add(_ part: Self) {
        left.add(part.left)
        right.add(part.right)
    }

    @inline(__always)
    func store(to destination: some SumDestination<Element>, first: Int, row: Int) {
        left.store(to: destination, first: first, row: row)
        right.store(to: destination, first: first &+ Left.outputs, row: row)
    }
}

/// Two outputs.
typealias OutputTile2<Pixels: PixelVectors> = JoinedOutputs<OutputTile1<Pixels>, OutputTile1<Pixels>>
/// Four outputs.
typealias OutputTile4<Pixels: PixelVectors> = JoinedOutputs<OutputTile2<Pixels>, OutputTile2<Pixels>>
/// Six outputs.
typealias OutputTile6<Pixels: PixelVectors> = JoinedOutputs<OutputTile4<Pixels>, OutputTile2<Pixels>>
