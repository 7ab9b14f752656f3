/// The transforms of Winograd's one-dimensional minimal filter F(4, 3): four results of a filter of three taps by six
/// multiplications instead of twelve.
///
/// Six values `x` of a column and three taps `w` give `y(r) = Σ t w[t] * x[r + t]` as `A · (G w ⊙ B x)`, by evaluation
/// and interpolation at the points 0, ±2/3, ±3/2 and infinity. The points are reciprocal pairs, which keeps the factors
/// small and the rounding near that of the direct sum.
///
/// Two results alone need four of the points, F(2, 3) at 0, ±2/3 and infinity, with the same taps.
///
/// Source: S. Winograd, Arithmetic Complexity of Computations, SIAM 1980; A. Lavin and S. Gray, Fast Algorithms for
/// Convolutional Neural Networks, CVPR 2016.
enum WinogradTransform {
    /// Results of one application.
    static let results = 4
    /// Values that go in, and products.
    static let points = 6
    /// Whether two results alone need a point.
    @inline(__always)
    static func isNeededForTwo(point: Int) -> Bool { point < 3 || point == 5 }

    /// The lesser and the greater of the two points whose product is 1.
    @inline(__always) private static var a: Double { 2.0 / 3 }
    @inline(__always) private static var b: Double { 3.0 / 2 }
    /// `G w`: the taps at each point, rounded once.
    @inline(__always)
    static func taps<Element: BinaryFloatingPoint>(
        _ w0: Float, _ w1: Float, _ w2: Float
    ) -> (Element, Element, Element, Element, Element, Element) {
        let (w0, w1, w2) = (Double(w0), Double(w1), Double(w2))
        let (normA, normB) = (2 * a * a * (a * a - b * b), 2 * b * b * (b * b - a * a))
        let (evenA, oddA) = (w0 + a * a * w2, a * w1)
        let (evenB, oddB) = (w0 + b * b * w2, b * w1)
        return (
            Element(w0), Element((evenA + oddA) / normA), Element((evenA - oddA) / normA),
            Element((evenB + oddB) / normB), Element((evenB - oddB) / normB), Element(w2)
        )
    }

    /// `B x`.
    @inline(__always)
    static func input<Value: WinogradValue>(
        _ x0: Value, _ x1: Value, _ x2: Value, _ x3: Value, _ x4: Value, _ x5: Value
    ) -> (Value, Value, Value, Value, Value, Value) {
        let evenA = x4.adding(x2, times: -Factors<Value.Factor>.b2)
        let oddA = x3.times(Factors<Value.Factor>.a1).adding(x1, times: -Factors<Value.Factor>.b1)
        let evenB = x4.adding(x2, times: -Factors<Value.Factor>.a2)
        let oddB = x3.times(Factors<Value.Factor>.b1).adding(x1, times: -Factors<Value.Factor>.a1)
        return (
            x0.plus(x4).adding(x2, times: -Factors<Value.Factor>.squares), evenA.plus(oddA), evenA.minus(oddA),
            evenB.plus(oddB),
            evenB.minus(oddB), x1.plus(x5).adding(x3, times: -Factors<Value.Factor>.squares)
        )
    }

    /// `B x` for two results: the values at the points that they need, in order.
    @inline(__always)
    static func inputOfTwo<Value: WinogradValue>(
        _ x0: Value, _ x1: Value, _ x2: Value, _ x3: Value
    ) -> (Value, Value, Value, Value) {
        let (even, odd) = (x2.times(Factors<Value.Factor>.difference), x1.times(Factors<Value.Factor>.differenceA))
        return (
            x0.adding(x2, times: -Factors<Value.Factor>.b2), even.plus(odd), even.minus(odd),
            x3.adding(x1, times: -Factors<Value.Factor>.a2)
        )
    }

    /// `A m` for two results, plus a bias.
    @inline(__always)
    static func outputOfTwo<Value: WinogradValue>(
        _ m0: Value, _ m1: Value, _ m2: Value, _ m5: Value, bias: Value
    ) -> (Value, Value) {
        (m0.plus(bias).plus(m1.plus(m2)), m5.plus(bias).adding(m1.minus(m2), times: Factors<Value.Factor>.a1))
    }

    /// `A m`, plus a bias.
    @inline(__always)
    static func output<Value: WinogradValue>(
        _ m0: Value, _ m1: Value, _ m2: Value, _ m3: Value, _ m4: Value, _ m5: Value, bias: Value
    ) -> (Value, Value, Value, Value) {
        let (evenA, oddA) = (m1.plus(m2), m1.minus(m2))
        let (evenB, oddB) = (m3.plus(m4), m3.minus(m4))
        return (
            m0.plus(bias).plus(evenA.plus(evenB)),
            bias.adding(oddA, times: Factors<Value.Factor>.a1).adding(oddB, times: Factors<Value.Factor>.b1),
            bias.adding(evenA, times: Factors<Value.Factor>.a2).adding(evenB, times: Factors<Value.Factor>.b2),
            m5.plus(bias).adding(oddA, times: Factors<Value.Factor>.a3).adding(oddB, times: Factors<Value.Factor>.b3)
        )
    }
}

/// Powers of the points, and what comes of them.
private enum Factors<Factor: BinaryFloatingPoint> {
    @inline(__always) static var a1: Factor { 2 / 3 }
    @inline(__always) static var a2: Factor { 4 / 9 }
    @inline(__always) static var a3: Factor { 8 / 27 }
    @inline(__always) static var b1: Factor { 1.5 }
    @inline(__always) static var b2: Factor { 2.25 }
    @inline(__always) static var b3: Factor { 3.375 }
    @inline(__always) static var squares: Factor { 97 / 36 }
    /// `a² − b²`, by which the taps at ±2/3 are divided for the sake of the other points, and that times `a`.
    @inline(__always) static var difference: Factor { -65 / 36 }
    @inline(__always) static var differenceA: Factor { -65 / 54 }
}

/// What is transformed: vectors of pixels in the kernel, single pixels in its reference.
protocol WinogradValue {
    associatedtype Factor: BinaryFloatingPoint
    func plus(_ other: Self) -> Self
    func minus(_ other: Self) -> Self
    func times(_ factor: Factor) -> Self
    /// `self + other * factor`, fused where the target fuses.
    func adding(_ other: Self, times factor: Factor) -> Self
}

extension SIMD8: WinogradValue where Scalar: KernelElement {
    @inline(__always) func plus(_ other: Self) -> Self { Scalar.add(self, other) }
    @inline(__always) func minus(_ other: Self) -> Self { Scalar.subtract(self, other) }
    @inline(__always) func times(_ factor: Scalar) -> Self { Scalar.multiply(self, Self(repeating: factor)) }
    @inline(__always) func adding(_ other: Self, times factor: Scalar) -> Self { multiplyAdd(self, other, factor) }
}

/// A single pixel.
struct WinogradPixel<Element: KernelElement>: WinogradValue {
    let value: Element

    init(_ value: Element) {
        self.value = value
    }

    func plus(_ other: Self) -> Self { Self(value + other.value) }
    func minus(_ other: Self) -> Self { Self(value - other.value) }
    func times(_ factor: Element) -> Self { Self(value * factor) }
    func adding(_ other: Self, times factor: Element) -> Self { Self(multiplyAdd(value, other.value, factor)) }
}
