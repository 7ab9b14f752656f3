import ModelFormat

/// A function that is applied to every element, in vectors and alone, with the same operations and so the same bits.
protocol ActivationFunction {
    /// `f(x)` of every pixel.
    static func apply<Pixels: PixelVectors>(_ x: Pixels) -> Pixels
    /// `f(x)`.
    static func apply<Element: KernelElement>(_ x: Element) -> Element
}

extension ActivationFunction {
    /// `f(x)` of every lane.
    @inline(__always)
    static func apply<Element: KernelElement>(_ x: SIMD8<Element>) -> SIMD8<Element> { apply(Pixels8(x)).vector }
}

/// `x`.
enum Identity: ActivationFunction {
    @inline(__always) static func apply<Pixels: PixelVectors>(_ x: Pixels) -> Pixels { x }
    @inline(__always) static func apply<Element: KernelElement>(_ x: Element) -> Element { x }
}

/// `max(x, 0)`; NaN stays NaN, and −0 becomes a zero of either sign.
enum ReLU: ActivationFunction {
    @inline(__always) static func apply<Pixels: PixelVectors>(_ x: Pixels) -> Pixels { x.atLeast(0) }
    @inline(__always) static func apply<Element: KernelElement>(_ x: Element) -> Element { x < 0 ? 0 : x }
}

/// `x · min(max(x / 6 + 1/2, 0), 1)`, within `2⁻²³ · |x|` of the exact value in single precision.
///
/// As in PyTorch, NaN and −∞ become NaN, +∞ stays.
enum HardSwish: ActivationFunction {
    @inline(__always)
    static func apply<Pixels: PixelVectors>(_ x: Pixels) -> Pixels { x.hardSwish() }

    @inline(__always)
    static func apply<Element: KernelElement>(_ x: Element) -> Element {
        let gate = multiplyAdd(0.5, x, 1 / 6)
        return x * (gate < 0 ? 0 : gate > 1 ? 1 : gate)
    }
}

extension Activation {
    /// The activation of every pixel.
    @inline(__always)
    func applied<Pixels: PixelVectors>(to x: Pixels) -> Pixels {
        switch self {
        case .none: Identity.apply(x)
        case .relu: ReLU.apply(x)
        case .hardSwish: HardSwish.apply(x)
        }
    }

    /// The activation of every lane.
    @inline(__always)
    func applied<Element: KernelElement>(to x: SIMD8<Element>) -> SIMD8<Element> { applied(to: Pixels8(x)).vector }

    /// The activation of `x`.
    @inline(__always)
    func applied<Element: KernelElement>(to x: Element) -> Element {
        switch self {
        case .none: Identity.apply(x)
        case .relu: ReLU.apply(x)
        case .hardSwish: HardSwish.apply(x)
        }
    }
}
