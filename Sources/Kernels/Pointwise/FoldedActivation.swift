import ModelFormat

/// A scale, a shift and perhaps ReLU of one input, folded into a bound on the input and into the weights behind it:
///
///     w · max(s x + b, 0) = w s · max(x, t) − w s t   for s > 0, with t = −b / s
///                         = w s · min(x, t) − w s t   for s < 0
///
/// One comparison is left for each pixel; `w s` is the weight, and `−w s t` goes to the bias. Both use the same rounded
/// `w s` and `t`, so that an input beyond its bound adds nothing. Against the formula on the left, a weight and a bound
/// are rounded once each, and no term is greater than `|w| (|s x| + |b|)`. Without ReLU the bound is −∞ and the bias takes
/// `w b`.
struct FoldedActivation<Element: BinaryFloatingPoint> {
    /// `t`; −∞ for an input that is taken as it is.
    let bound: Element
    /// Whether inputs below the bound, rather than above it, are raised to it.
    let rises: Bool
    /// `s`.
    private let scale: Float
    /// What each folded weight is multiplied by and taken from the bias, and what each plain weight is multiplied by and
    /// added to it.
    private let (origin, constant): (Double, Double)

    /// An input that is taken as it is.
    static var identity: Self { Self(bound: -.infinity, rises: true, scale: 1, origin: 0, constant: 0) }

    private init(bound: Element, rises: Bool, scale: Float, origin: Double, constant: Double) {
        (self.bound, self.rises, self.scale, self.origin, self.constant) = (bound, rises, scale, origin, constant)
    }

    /// The input at `entry` of a normalisation, or not normalised, with an activation that folds.
    init(_ normalization: Normalization<Float>?, entry: Int, _ activation: Activation) {
        let (scale, shift) = normalization.map { ($0.scale[entry], $0.shift[entry]) } ?? (1, 0)
        switch activation {
        case .relu: self.init(scale: scale, shift: shift)
        default: self.init(bound: -.infinity, rises: true, scale: scale, origin: 0, constant: Double(shift))
        }
    }

    /// `max(x * scale + shift, 0)`.
    ///
    /// A bound beyond the element's range is none, or else one below which every input is.
    ///
    /// Where the shift is more than 2⁶⁴ times the scale, no input of less than 2³⁹ changes the rounded sum: such a value is
    /// constant.
    private init(scale: Float, shift: Float) {
        if scale != 0 && abs(Double(shift)) <= abs(Double(scale)) * 0x1p64 {
            let bound = Element(-Double(shift) / Double(scale))
            if bound.isFinite {
                self.init(bound: bound, rises: scale > 0, scale: scale, origin: Double(bound), constant: 0)
            } else if shift > 0 {
                self.init(
                    bound: scale > 0 ? -.infinity : .infinity, rises: scale > 0, scale: scale, origin: 0,
                    constant: Double(shift))
            } else {
                self.init(bound: 0, rises: scale > 0, scale: 0, origin: 0, constant: 0)
            }
        } else {
            self.init(bound: 0, rises: true, scale: 0, origin: 0, constant: Double(ReLU.apply(shift + 0 * scale)))
        }
    }

    /// The weight of the bounded input.
    func weight(_ weight: Float) -> Element { Element(weight * scale) }

    /// What the bias takes over.
    func bias(_ weight: Float) -> Double {
        Double(weight) * constant - Double(self.weight(weight)) * origin
    }
}
