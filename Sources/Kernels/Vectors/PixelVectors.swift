import CVector

/// One to six pixel vectors of a row that move through a kernel together, in registers.
///
/// Kernels are generic over this protocol and specialised by the compiler, so that one source gives tiles of 8 to 48
/// pixels. The vectors are named properties: an array, even of fixed size, would live in memory.
protocol PixelVectors {
    /// Pixels in the bundle.
    static var width: Int { get }
    /// Every pixel equal to `value`.
    init(repeating value: Float)
    /// `width` consecutive floats from any address.
    init(loading pointer: UnsafePointer<Float>)
    /// Eight consecutive floats from any address, the next eight from `second` floats further on, and so on.
    init(loading pointer: UnsafePointer<Float>, second: Int)
    /// The first `count` (0 to 8) floats at any address, nothing beyond them being read; zero for the others.
    init(loading pointer: UnsafePointer<Float>, count: Int)
    /// Adds `pixels * weight` to every pixel.
    mutating func addProduct(_ pixels: Self, _ weight: Float)
    /// Every pixel, but `bound` where it is less; NaN stays NaN.
    func atLeast(_ bound: Float) -> Self
    /// Every pixel, but `bound` where it is greater; NaN stays NaN.
    func atMost(_ bound: Float) -> Self
    /// Every pixel after ReLU.
    func relu() -> Self
    /// Hands over the vectors one by one, from left to right.
    func store(to destination: some VectorDestination)
    /// Writes `width` consecutive floats to any address.
    func store(to pointer: UnsafeMutablePointer<Float>)
}

/// What takes the vectors of a bundle.
///
/// A type and not a closure, so that all of it is inlined into the kernels: a call that takes vectors would make the
/// compiler keep sums in memory.
protocol VectorDestination {
    /// Takes the vector whose first pixel is number `place`, a multiple of 8, of the bundle.
    func store(_ vector: PixelVector, place: Int)
}

extension PixelVectors {
    @inline(__always)
    func store(to pointer: UnsafeMutablePointer<Float>) {
        store(to: ConsecutiveFloats(pointer: pointer))
    }
}

/// Consecutive floats at any address.
private struct ConsecutiveFloats: VectorDestination {
    let pointer: UnsafeMutablePointer<Float>

    @inline(__always)
    func store(_ vector: PixelVector, place: Int) {
        storeVector(vector, pointer + place)
    }
}

/// Eight pixels.
struct Pixels8: PixelVectors {
    var a: PixelVector

    @inline(__always) static var width: Int { 8 }

    @inline(__always)
    init(_ a: PixelVector) {
        self.a = a
    }

    @inline(__always)
    init(repeating value: Float) {
        a = PixelVector(repeating: value)
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Float>) {
        a = loadVector(pointer)
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Float>, second: Int) {
        a = loadVector(pointer)
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Float>, count: Int) {
        a = loadVector(pointer, count: count)
    }

    @inline(__always)
    mutating func addProduct(_ pixels: Self, _ weight: Float) {
        a = multiplyAdd(a, pixels.a, weight)
    }

    @inline(__always)
    func atLeast(_ bound: Float) -> Self {
        Self(condensenet_at_least8(a, PixelVector(repeating: bound)))
    }

    @inline(__always)
    func atMost(_ bound: Float) -> Self {
        Self(condensenet_at_most8(a, PixelVector(repeating: bound)))
    }

    @inline(__always)
    func relu() -> Self {
        Self(condensenet_relu8(a))
    }

    @inline(__always)
    func store(to destination: some VectorDestination) {
        destination.store(a, place: 0)
    }
}

/// The pixels of one bundle, then those of another.
struct JoinedPixels<Left: PixelVectors, Right: PixelVectors>: PixelVectors {
    private var left: Left
    private var right: Right

    @inline(__always) static var width: Int { Left.width &+ Right.width }

    @inline(__always)
    private init(_ left: Left, _ right: Right) {
        self.left = left
        self.right = right
    }

    @inline(__always)
    init(repeating value: Float) {
        self.init(Left(repeating: value), Right(repeating: value))
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Float>) {
        self.init(Left(loading: pointer), Right(loading: pointer + Left.width))
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Float>, second: Int) {
        self.init(
            Left(loading: pointer, second: second), Right(loading: pointer + Left.width / 8 &* second, second: second))
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Float>, count: Int) {
        self.init(Left(loading: pointer, count: count), Right(repeating: 0))
    }

    @inline(__always)
    mutating func addProduct(_ pixels: Self, _ weight: Float) {
        left.addProduct(pixels.left, weight)
        right.addProduct(pixels.right, weight)
    }

    @inline(__always)
    func atLeast(_ bound: Float) -> Self {
        Self(left.atLeast(bound), right.atLeast(bound))
    }

    @inline(__always)
    func atMost(_ bound: Float) -> Self {
        Self(left.atMost(bound), right.atMost(bound))
    }

    @inline(__always)
    func relu() -> Self {
        Self(left.relu(), right.relu())
    }

    @inline(__always)
    func store(to destination: some VectorDestination) {
        left.store(to: destination)
        right.store(to: RightPart(destination: destination))
    }

    @inline(__always)
    func store(to pointer: UnsafeMutablePointer<Float>) {
        left.store(to: pointer)
        right.store(to: pointer + Left.width)
    }

    private struct RightPart<Destination: VectorDestination>: VectorDestination {
        let destination: Destination

        @inline(__always)
        func store(_ vector: PixelVector, place: Int) {
            destination.store(vector, place: Left.width &+ place)
        }
    }
}

/// Twenty-four pixels.
typealias Pixels24 = JoinedPixels<Pixels16, Pixels8>

/// Thirty-two pixels.
typealias Pixels32 = JoinedPixels<Pixels16, Pixels16>

/// Forty-eight pixels.
typealias Pixels48 = JoinedPixels<Pixels32, Pixels16>
