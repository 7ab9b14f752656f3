/// The sums of some outputs over neighbouring positions, which begin with zero.
protocol WinogradSums<Element> {
    /// The type of a sum.
    associatedtype Element: KernelElement
    /// Outputs.
    static var outputs: Int { get }
    /// Positions.
    static var width: Int { get }
    /// Every sum zero.
    init()
    /// Adds the products of vectors of pixels, each `second` elements after the one before it, and a weight of each output.
    mutating func addProduct(_ pixels: UnsafePointer<Element>, second: Int, _ weights: UnsafePointer<Element>)
    /// Writes the sums of each output, `stride` elements apart.
    func store(to position: UnsafeMutablePointer<Element>, stride: Int)
    /// Adds the sums to what `store` wrote.
    func add(to position: UnsafeMutablePointer<Element>, stride: Int)
}

extension WinogradSums {
    /// How many such tiles are best among `vectors` vectors of eight positions; tiles of 16 and 8 take the others.
    @inline(__always)
    static func count(vectors: Int) -> Int {
        let (tiles, rest) = vectors.quotientAndRemainder(dividingBy: width / 8)
        // 16 + 16 has more sums in flight than 24 + 8.
        return width == 24 && rest == 1 ? max(0, tiles &- 1) : tiles
    }
}

/// All vectors of pixels are loaded, then multiplied by one weight after the other.
struct WinogradTile<Tile: OutputTile>: WinogradSums {
    typealias Element = Tile.Element

    private var tile = Tile()

    @inline(__always) static var outputs: Int { Tile.outputs }
    @inline(__always) static var width: Int { Tile.Pixels.width }

    @inline(__always)
    init() {}

    @inline(__always)
    mutating func addProduct(_ pixels: UnsafePointer<Element>, second: Int, _ weights: UnsafePointer<Element>) {
        tile.addProduct(Tile.Pixels(loading: pixels, second: second), weights)
    }

    @inline(__always)
    func store(to position: UnsafeMutablePointer<Element>, stride: Int) {
        tile.store(to: SumPlanes(first: position, stride: stride, adds: false), row: 0)
    }

    @inline(__always)
    func add(to position: UnsafeMutablePointer<Element>, stride: Int) {
        tile.store(to: SumPlanes(first: position, stride: stride, adds: true), row: 0)
    }

    private struct SumPlanes: SumDestination {
        typealias Element = Tile.Element
        let first: UnsafeMutablePointer<Element>
        let stride: Int
        /// Whether sums are added to those that are there; a constant after inlining.
        let adds: Bool

        @inline(__always)
        func store<Pixels: PixelVectors<Element>>(_ sums: Pixels, output: Int, row: Int) {
            let position = first + output &* stride
            var total = sums
            if adds {
                total = Pixels(loading: position)
                total.add(sums)
            }
            total.store(to: position)
        }
    }
}

/// Some positions, then as many more: the pixels of the former are done with before those of the latter are loaded, so that
/// sums can fill all registers but those of one vector of pixels and its weights.
struct JoinedWinogradTiles<Left: WinogradSums, Right: WinogradSums>: WinogradSums where Left.Element == Right.Element {
    typealias Element = Left.Element

    private var left = Left()
    private var right = Right()

    @inline(__always) static var outputs: Int { Left.outputs }
    @inline(__always) static var width: Int { Left.width &+ Right.width }

    @inline(__always)
    init() {}

    @inline(__always)
    mutating func addProduct(_ pixels: UnsafePointer<Element>, second: Int, _ weights: UnsafePointer<Element>) {
        left.addProduct(pixels, second: second, weights)
        right.addProduct(pixels + Left.width / 8 &* second, second: second, weights)
    }

    @inline(__always)
    func store(to position: UnsafeMutablePointer<Element>, stride: Int) {
        left.store(to: position, stride: stride)
        right.store(to: position + Left.width, stride: stride)
    }

    @inline(__always)
    func add(to position: UnsafeMutablePointer<Element>, stride: Int) {
        left.add(to: position, stride: stride)
        right.add(to: position + Left.width, stride: stride)
    }
}
