/// The sums of some output channels over one bundle of pixels, in registers.
protocol OutputTile {
    /// The pixels.
    associatedtype Pixels: PixelVectors<Element>
    /// The type of a sum.
    associatedtype Element: KernelElement
    /// Output channels.
    static var outputs: Int { get }
    /// Every pixel of an output equal to that output's bias, of `outputs` consecutive ones; as many elements must be
    /// readable as the next multiple of four.
    init(bias: UnsafePointer<Element>)
    /// Every pixel zero.
    init()
    /// Adds one input's pixels times the weight of each output, of `outputs` consecutive ones; as many elements must be
    /// readable as the next multiple of four.
    mutating func addProduct(_ pixels: Pixels, _ weights: UnsafePointer<Element>)
    /// Adds the sums of `part`.
    mutating func add(_ part: Self)
    /// Hands over the sums of each output of this row of a tile.
    func store(to destination: some SumDestination<Element>, row: Int)
}

/// What takes the sums of a tile; a type and not a closure, as `VectorDestination`.
protocol SumDestination<Element> {
    /// The type of a sum.
    associatedtype Element: KernelElement
    /// Takes the sums of an output and row of the tile.
    func store<Pixels: PixelVectors<Element>>(_ sums: Pixels, output: Int, row: Int)
}

/// One output.
struct OutputTile1<Pixels: PixelVectors>: OutputTile {
    typealias Element = Pixels.Element

    private var output0: Pixels

    @inline(__always) static var outputs: Int { 1 }

    @inline(__always)
    init() {
        output0 = Pixels(repeating: 0)
    }

    @inline(__always)
    init(bias: UnsafePointer<Element>) {
        output0 = Pixels(repeating: bias[0])
    }

    @inline(__always)
    mutating func addProduct(_ pixels: Pixels, _ weights: UnsafePointer<Element>) {
        output0.addProduct(pixels, weights[0])
    }

    @inline(__always)
    mutating func add(_ part: Self) {
        output0.add(part.output0)
    }

    @inline(__always)
    func store(to destination: some SumDestination<Element>, row: Int) {
        destination.store(output0, output: 0, row: row)
    }
}

/// Two outputs.
struct OutputTile2<Pixels: PixelVectors>: OutputTile {
    typealias Element = Pixels.Element

    private var output0: Pixels
    private var output1: Pixels

    @inline(__always) static var outputs: Int { 2 }

    @inline(__always)
    init() {
        output0 = Pixels(repeating: 0)
        output1 = Pixels(repeating: 0)
    }

    @inline(__always)
    init(bias: UnsafePointer<Element>) {
        output0 = Pixels(repeating: bias[0])
        output1 = Pixels(repeating: bias[1])
    }

    @inline(__always)
    mutating func addProduct(_ pixels: Pixels, _ weights: UnsafePointer<Element>) {
        let weights = WeightLanes(weights)
        output0.addProduct(pixels, weights[0])
        output1.addProduct(pixels, weights[1])
    }

    @inline(__always)
    mutating func add(_ part: Self) {
        output0.add(part.output0)
        output1.add(part.output1)
    }

    @inline(__always)
    func store(to destination: some SumDestination<Element>, row: Int) {
        destination.store(output0, output: 0, row: row)
        destination.store(output1, output: 1, row: row)
    }
}

/// Four outputs.
struct OutputTile4<Pixels: PixelVectors>: OutputTile {
    typealias Element = Pixels.Element

    fileprivate(set) var output0: Pixels
    fileprivate(set) var output1: Pixels
    fileprivate(set) var output2: Pixels
    fileprivate(set) var output3: Pixels

    @inline(__always) static var outputs: Int { 4 }

    /// The sums themselves.
    @inline(__always)
    init(_ output0: Pixels, _ output1: Pixels, _ output2: Pixels, _ output3: Pixels) {
        (self.output0, self.output1, self.output2, self.output3) = (output0, output1, output2, output3)
    }

    @inline(__always)
    init() {
        output0 = Pixels(repeating: 0)
        output1 = Pixels(repeating: 0)
        output2 = Pixels(repeating: 0)
        output3 = Pixels(repeating: 0)
    }

    @inline(__always)
    init(bias: UnsafePointer<Element>) {
        output0 = Pixels(repeating: bias[0])
        output1 = Pixels(repeating: bias[1])
        output2 = Pixels(repeating: bias[2])
        output3 = Pixels(repeating: bias[3])
    }

    @inline(__always)
    mutating func addProduct(_ pixels: Pixels, _ weights: UnsafePointer<Element>) {
        let weights = WeightLanes(weights)
        output0.addProduct(pixels, weights[0])
        output1.addProduct(pixels, weights[1])
        output2.addProduct(pixels, weights[2])
        output3.addProduct(pixels, weights[3])
    }

    @inline(__always)
    mutating func add(_ part: Self) {
        output0.add(part.output0)
        output1.add(part.output1)
        output2.add(part.output2)
        output3.add(part.output3)
    }

    @inline(__always)
    func store(to destination: some SumDestination<Element>, row: Int) {
        destination.store(output0, output: 0, row: row)
        destination.store(output1, output: 1, row: row)
        destination.store(output2, output: 2, row: row)
        destination.store(output3, output: 3, row: row)
    }
}

/// Six outputs.
struct OutputTile6<Pixels: PixelVectors>: OutputTile {
    typealias Element = Pixels.Element

    private var output0: Pixels
    private var output1: Pixels
    private var output2: Pixels
    private var output3: Pixels
    private var output4: Pixels
    private var output5: Pixels

    @inline(__always) static var outputs: Int { 6 }

    @inline(__always)
    init() {
        output0 = Pixels(repeating: 0)
        output1 = Pixels(repeating: 0)
        output2 = Pixels(repeating: 0)
        output3 = Pixels(repeating: 0)
        output4 = Pixels(repeating: 0)
        output5 = Pixels(repeating: 0)
    }

    @inline(__always)
    init(bias: UnsafePointer<Element>) {
        output0 = Pixels(repeating: bias[0])
        output1 = Pixels(repeating: bias[1])
        output2 = Pixels(repeating: bias[2])
        output3 = Pixels(repeating: bias[3])
        output4 = Pixels(repeating: bias[4])
        output5 = Pixels(repeating: bias[5])
    }

    @inline(__always)
    mutating func addProduct(_ pixels: Pixels, _ weights: UnsafePointer<Element>) {
        let (first, second) = (WeightLanes(weights), WeightLanes(weights + 4))
        output0.addProduct(pixels, first[0])
        output1.addProduct(pixels, first[1])
        output2.addProduct(pixels, first[2])
        output3.addProduct(pixels, first[3])
        output4.addProduct(pixels, second[0])
        output5.addProduct(pixels, second[1])
    }

    @inline(__always)
    mutating func add(_ part: Self) {
        output0.add(part.output0)
        output1.add(part.output1)
        output2.add(part.output2)
        output3.add(part.output3)
        output4.add(part.output4)
        output5.add(part.output5)
    }

    @inline(__always)
    func store(to destination: some SumDestination<Element>, row: Int) {
        destination.store(output0, output: 0, row: row)
        destination.store(output1, output: 1, row: row)
        destination.store(output2, output: 2, row: row)
        destination.store(output3, output: 3, row: row)
        destination.store(output4, output: 4, row: row)
        destination.store(output5, output: 5, row: row)
    }
}
