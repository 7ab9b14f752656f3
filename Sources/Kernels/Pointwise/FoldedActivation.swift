/// A scale, a shift and ReLU of one input, folded into a bound on the input and into the weights behind it:
///
///     w · max(s x + b, 0) = w s · max(x, t) − w s t   for s > 0, with t = −b / s
///                         = w s · min(x, t) − w s t   for s < 0
///
/// One comparison is left for each pixel; `w s` is the weight, and `−w s t` goes to the bias. Both use the same rounded
/// `w s` and `t`, so that an input beyond its bound adds nothing. Against the formula on the left, a weight and a bound
/// are rounded once each, and no term is greater than `|w| (|s x| + |b|)`.
struct FoldedActivation {
    /// `t`; −∞ for an input that is taken as it is.
    let bound: Float
    /// Whether inputs below the bound, rather than above it, are raised to it.
    let rises: Bool
    /// `s`.
    private let scale: Float
    /// What each weight is multiplied by for the bias; the former of the folded weights, the latter of the plain ones.
    private let (origin, constant): (Double, Double)

    /// An input that is taken as it is.
    static let identity = FoldedActivation(bound: -.infinity, rises: true, scale: 1, origin: 0, constant: 0)

    private init(bound: Float, rises: Bool, scale: Float, origin: Double, constant: Double) {
        (self.bound, self.rises, self.scale, self.origin, self.constant) = (bound, rises, scale, origin, constant)
    }

    /// `max(x * scale + shift, 0)`.
    ///
    /// Where the shift is more than 2⁶⁴ times the scale, no input of less than 2³⁹ changes the rounded sum: such a value is
    /// constant.
    init(scale: Float, shift: Float) {
        if scale != 0 && abs(Double(shift)) <= abs(Double(scale)) * 0x1p64 {
            let bound = Float(-Double(shift) / Double(scale))
            self.init(bound: bound, rises: scale > 0, scale: scale, origin: Double(bound), constant: 0)
        } else {
            self.init(bound: 0, rises: true, scale: 0, origin: 0, constant: Double(relu(shift + 0 * scale)))
        }
    }

    /// The weight of the bounded input.
    func weight(_ weight: Float) -> Float { weight * scale }

    /// What the bias takes over.
    func bias(_ weight: Float) -> Double {
        Double(weight) * constant - Double(self.weight(weight)) * origin
    }
}
