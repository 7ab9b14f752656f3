/// One to four pixel vectors of a row that move through a kernel together, in registers.
///
/// Kernels are generic over this protocol and specialised by the compiler, so that one source gives tiles of 8, 16, 24 and
/// 32 pixels. The vectors are named properties: an array, even of fixed size, would live in memory.
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
    /// Every pixel times `scale` plus `shift`, and after ReLU.
    func activated(scale: PixelVector, shift: PixelVector) -> Self
    /// Every pixel after ReLU.
    func rectified() -> Self
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
    /// Takes the vector whose first pixel is number `place` (0, 8, 16, 24) of the bundle.
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
    func activated(scale: PixelVector, shift: PixelVector) -> Self {
        Self(Kernels.rectified(multiplyAdd(shift, a, scale)))
    }

    @inline(__always)
    func rectified() -> Self {
        Self(Kernels.rectified(a))
    }

    @inline(__always)
    func store(to destination: some VectorDestination) {
        destination.store(a, place: 0)
    }
}

/// Twenty-four pixels.
struct Pixels24: PixelVectors {
    var a: PixelVector
    var b: PixelVector
    var c: PixelVector

    @inline(__always) static var width: Int { 24 }

    @inline(__always)
    init(_ a: PixelVector, _ b: PixelVector, _ c: PixelVector) {
        self.a = a
        self.b = b
        self.c = c
    }

    @inline(__always)
    init(repeating value: Float) {
        a = PixelVector(repeating: value)
        b = a
        c = a
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Float>) {
        a = loadVector(pointer)
        b = loadVector(pointer + 8)
        c = loadVector(pointer + 16)
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Float>, second: Int) {
        a = loadVector(pointer)
        b = loadVector(pointer + second)
        c = loadVector(pointer + 2 &* second)
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Float>, count: Int) {
        a = loadVector(pointer, count: count)
        b = PixelVector(repeating: 0)
        c = PixelVector(repeating: 0)
    }

    @inline(__always)
    mutating func addProduct(_ pixels: Self, _ weight: Float) {
        a = multiplyAdd(a, pixels.a, weight)
        b = multiplyAdd(b, pixels.b, weight)
        c = multiplyAdd(c, pixels.c, weight)
    }

    @inline(__always)
    func activated(scale: PixelVector, shift: PixelVector) -> Self {
        Self(
            Kernels.rectified(multiplyAdd(shift, a, scale)), Kernels.rectified(multiplyAdd(shift, b, scale)),
            Kernels.rectified(multiplyAdd(shift, c, scale)))
    }

    @inline(__always)
    func rectified() -> Self {
        Self(Kernels.rectified(a), Kernels.rectified(b), Kernels.rectified(c))
    }

    @inline(__always)
    func store(to destination: some VectorDestination) {
        destination.store(a, place: 0)
        destination.store(b, place: 8)
        destination.store(c, place: 16)
    }
}

/// Thirty-two pixels.
struct Pixels32: PixelVectors {
    private var a: Pixels16
    private var b: Pixels16

    @inline(__always) static var width: Int { 32 }

    @inline(__always)
    private init(_ a: Pixels16, _ b: Pixels16) {
        self.a = a
        self.b = b
    }

    @inline(__always)
    init(repeating value: Float) {
        a = Pixels16(repeating: value)
        b = a
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Float>) {
        a = Pixels16(loading: pointer)
        b = Pixels16(loading: pointer + 16)
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Float>, second: Int) {
        a = Pixels16(loading: pointer, second: second)
        b = Pixels16(loading: pointer + 2 &* second, second: second)
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Float>, count: Int) {
        a = Pixels16(loading: pointer, count: count)
        b = Pixels16(repeating: 0)
    }

    @inline(__always)
    mutating func addProduct(_ pixels: Self, _ weight: Float) {
        a.addProduct(pixels.a, weight)
        b.addProduct(pixels.b, weight)
    }

    @inline(__always)
    func activated(scale: PixelVector, shift: PixelVector) -> Self {
        Self(a.activated(scale: scale, shift: shift), b.activated(scale: scale, shift: shift))
    }

    @inline(__always)
    func rectified() -> Self {
        Self(a.rectified(), b.rectified())
    }

    @inline(__always)
    func store(to destination: some VectorDestination) {
        a.store(to: destination)
        b.store(to: SecondHalf(destination: destination))
    }

    @inline(__always)
    func store(to pointer: UnsafeMutablePointer<Float>) {
        a.store(to: pointer)
        b.store(to: pointer + 16)
    }

    private struct SecondHalf<Destination: VectorDestination>: VectorDestination {
        let destination: Destination

        @inline(__always)
        func store(_ vector: PixelVector, place: Int) {
            destination.store(vector, place: 16 &+ place)
        }
    }
}
