/// One to six pixel vectors of a row that move through a kernel together, in registers.
///
/// Kernels are generic over this protocol and specialised by the compiler, so that one source gives tiles of 8 to 48
/// pixels. The vectors are named properties: an array, even of fixed size, would live in memory.
protocol PixelVectors<Element> {
    /// The type of a pixel.
    associatedtype Element: KernelElement
    /// Pixels in the bundle.
    static var width: Int { get }
    /// Every pixel equal to `value`.
    init(repeating value: Element)
    /// `width` consecutive elements from any address.
    init(loading pointer: UnsafePointer<Element>)
    /// Eight consecutive elements from any address, the next eight from `second` elements further on, and so on.
    init(loading pointer: UnsafePointer<Element>, second: Int)
    /// The first `count` (0 to 8) elements at any address, nothing beyond them being read; zero for the others.
    init(loading pointer: UnsafePointer<Element>, count: Int)
    /// Adds `pixels * weight` to every pixel.
    mutating func addProduct(_ pixels: Self, _ weight: Element)
    /// Adds `other` to every pixel.
    mutating func add(_ other: Self)
    /// Every pixel, but `bound` where it is less; NaN stays NaN.
    func atLeast(_ bound: Element) -> Self
    /// Every pixel, but `bound` where it is greater; NaN stays NaN.
    func atMost(_ bound: Element) -> Self
    /// Hard swish of every pixel, as `HardSwish` defines it.
    func hardSwish() -> Self
    /// Hands over the vectors one by one, from left to right.
    func store(to destination: some VectorDestination<Element>)
    /// Writes `width` consecutive elements to any address.
    func store(to pointer: UnsafeMutablePointer<Element>)
}

/// What takes the vectors of a bundle.
///
/// A type and not a closure, so that all of it is inlined into the kernels: a call that takes vectors would make the
/// compiler keep sums in memory.
protocol VectorDestination<Element> {
    /// The type of a pixel.
    associatedtype Element: KernelElement
    /// Takes the vector whose first pixel is number `index`, a multiple of 8, of the bundle.
    func store(_ vector: SIMD8<Element>, at index: Int)
}

extension PixelVectors {
    @inline(__always)
    func store(to pointer: UnsafeMutablePointer<Element>) {
        store(to: ConsecutiveElements(pointer: pointer))
    }
}

/// Consecutive elements at any address.
private struct ConsecutiveElements<Element: KernelElement>: VectorDestination {
    let pointer: UnsafeMutablePointer<Element>

    @inline(__always)
    func store(_ vector: SIMD8<Element>, at index: Int) {
        storeVector(vector, pointer + index)
    }
}

/// Eight pixels.
struct Pixels8<Element: KernelElement>: PixelVectors {
    /// The pixels.
    private(set) var vector: SIMD8<Element>

    @inline(__always) static var width: Int { 8 }

    @inline(__always)
    init(_ vector: SIMD8<Element>) {
        self.vector = vector
    }

    @inline(__always)
    init(repeating value: Element) {
        vector = SIMD8(repeating: value)
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Element>) {
        vector = loadVector(pointer)
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Element>, second: Int) {
        vector = loadVector(pointer)
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Element>, count: Int) {
        vector = loadVector(pointer, count: count)
    }

    @inline(__always)
    mutating func addProduct(_ pixels: Self, _ weight: Element) {
        vector = multiplyAdd(vector, pixels.vector, weight)
    }

    @inline(__always)
    mutating func add(_ other: Self) {
        vector = Element.add(vector, other.vector)
    }

    @inline(__always)
    func atLeast(_ bound: Element) -> Self {
        Self(Element.atLeast(vector, SIMD8(repeating: bound)))
    }

    @inline(__always)
    func atMost(_ bound: Element) -> Self {
        Self(Element.atMost(vector, SIMD8(repeating: bound)))
    }

    @inline(__always)
    func hardSwish() -> Self {
        Self(Element.hardSwish(vector))
    }

    @inline(__always)
    func store(to destination: some VectorDestination<Element>) {
        destination.store(vector, at: 0)
    }
}

/// The pixels of one bundle, then those of another.
struct JoinedPixels<Left: PixelVectors, Right: PixelVectors>: PixelVectors where Left.Element == Right.Element {
    typealias Element = Left.Element

    private var left: Left
    private var right: Right

    @inline(__always) static var width: Int { Left.width &+ Right.width }

    @inline(__always)
    private init(_ left: Left, _ right: Right) {
        self.left = left
        self.right = right
    }

    @inline(__always)
    init(repeating value: Element) {
        self.init(Left(repeating: value), Right(repeating: value))
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Element>) {
        self.init(Left(loading: pointer), Right(loading: pointer + Left.width))
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Element>, second: Int) {
        self.init(
            Left(loading: pointer, second: second), Right(loading: pointer + Left.width / 8 &* second, second: second))
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Element>, count: Int) {
        self.init(Left(loading: pointer, count: count), Right(repeating: 0))
    }

    @inline(__always)
    mutating func addProduct(_ pixels: Self, _ weight: Element) {
        left.addProduct(pixels.left, weight)
        right.addProduct(pixels.right, weight)
    }

    @inline(__always)
    mutating func add(_ other: Self) {
        left.add(other.left)
        right.add(other.right)
    }

    @inline(__always)
    func atLeast(_ bound: Element) -> Self {
        Self(left.atLeast(bound), right.atLeast(bound))
    }

    @inline(__always)
    func atMost(_ bound: Element) -> Self {
        Self(left.atMost(bound), right.atMost(bound))
    }

    @inline(__always)
    func hardSwish() -> Self {
        Self(left.hardSwish(), right.hardSwish())
    }

    @inline(__always)
    func store(to destination: some VectorDestination<Element>) {
        left.store(to: destination)
        right.store(to: RightPart(destination: destination))
    }

    @inline(__always)
    func store(to pointer: UnsafeMutablePointer<Element>) {
        left.store(to: pointer)
        right.store(to: pointer + Left.width)
    }

    private struct RightPart<Destination: VectorDestination>: VectorDestination {
        let destination: Destination

        @inline(__always)
        func store(_ vector: SIMD8<Destination.Element>, at index: Int) {
            destination.store(vector, at: Left.width &+ index)
        }
    }
}
