/// One to three pixel vectors of a row that move through a kernel together, in registers.
///
/// Kernels are generic over this protocol and specialised by the compiler, so that one source gives tiles of 8, 16 and
/// 24 pixels. The vectors are named properties: an array, even of fixed size, would live in memory.
protocol PixelVectors {
    /// Pixels in the bundle.
    static var width: Int { get }
    /// Every pixel equal to `value`.
    init(repeating value: Float)
    /// `width` consecutive floats from any address.
    init(loading pointer: UnsafePointer<Float>)
    /// Adds `pixels * weight` to every pixel.
    mutating func addProduct(_ pixels: Self, _ weight: Float)
    /// The bundle through a function of one vector.
    func mapVectors(_ transform: (PixelVector) -> PixelVector) -> Self
    /// Calls `body` with the vectors and the place of each one's first pixel in the bundle: 0, 8, 16.
    func forEachVector(_ body: (PixelVector, Int) -> Void)
}

extension PixelVectors {
    /// Writes `width` consecutive floats to any address.
    @inline(__always)
    func store(to pointer: UnsafeMutablePointer<Float>) {
        forEachVector { vector, place in storeVector(vector, pointer + place) }
    }

    /// The bundle with ReLU applied where `condition` holds.
    @inline(__always)
    func rectified(if condition: Bool) -> Self {
        condition ? mapVectors { Kernels.rectified($0) } : self
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
    mutating func addProduct(_ pixels: Self, _ weight: Float) {
        a = multiplyAdd(a, pixels.a, weight)
    }

    @inline(__always)
    func mapVectors(_ transform: (PixelVector) -> PixelVector) -> Self {
        Self(transform(a))
    }

    @inline(__always)
    func forEachVector(_ body: (PixelVector, Int) -> Void) {
        body(a, 0)
    }
}

/// Sixteen pixels.
struct Pixels16: PixelVectors {
    var a: PixelVector
    var b: PixelVector

    @inline(__always) static var width: Int { 16 }

    @inline(__always)
    init(_ a: PixelVector, _ b: PixelVector) {
        self.a = a
        self.b = b
    }

    @inline(__always)
    init(repeating value: Float) {
        a = PixelVector(repeating: value)
        b = a
    }

    @inline(__always)
    init(loading pointer: UnsafePointer<Float>) {
        a = loadVector(pointer)
        b = loadVector(pointer + 8)
    }

    @inline(__always)
    mutating func addProduct(_ pixels: Self, _ weight: Float) {
        a = multiplyAdd(a, pixels.a, weight)
        b = multiplyAdd(b, pixels.b, weight)
    }

    @inline(__always)
    func mapVectors(_ transform: (PixelVector) -> PixelVector) -> Self {
        Self(transform(a), transform(b))
    }

    @inline(__always)
    func forEachVector(_ body: (PixelVector, Int) -> Void) {
        body(a, 0)
        body(b, 8)
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
    mutating func addProduct(_ pixels: Self, _ weight: Float) {
        a = multiplyAdd(a, pixels.a, weight)
        b = multiplyAdd(b, pixels.b, weight)
        c = multiplyAdd(c, pixels.c, weight)
    }

    @inline(__always)
    func mapVectors(_ transform: (PixelVector) -> PixelVector) -> Self {
        Self(transform(a), transform(b), transform(c))
    }

    @inline(__always)
    func forEachVector(_ body: (PixelVector, Int) -> Void) {
        body(a, 0)
        body(b, 8)
        body(c, 16)
    }
}
