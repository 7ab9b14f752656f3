/// One gathered input of a 1×1 convolution.
public struct GatheredInput<Element: BitwiseCopyable & Sendable>: BitwiseCopyable, Sendable {
    /// Its plane.
    var plane: Int32
    /// The least value of its pixels, or the greatest.
    var bound: Element
}

/// The gathered inputs of a 1×1 convolution. Nothing is owned.
public struct GatheredInputs<Element: BitwiseCopyable & Sendable> {
    /// `[groups][inputs]`; in each group first those that are raised to their bounds, then those that are lowered.
    let inputs: UnsafePointer<GatheredInput<Element>>
    /// How many of each group are raised, `[groups]`.
    let rising: UnsafePointer<Int32>
    /// The scale and shift of each input, `[groups][inputs]` each, in the order of `inputs`; read only where the
    /// pre-activation leaves no bound.
    let normalization: Normalization<Element>

    /// Names what `PointwiseConvolution.gather` and `countRising` filled.
    ///
    /// - Precondition: `normalization` is given where the convolution `computesInputs`.
    public init(
        inputs: UnsafePointer<GatheredInput<Element>>, rising: UnsafePointer<Int32>,
        normalization: Normalization<Element>? = nil
    ) {
        self.inputs = inputs
        self.rising = rising
        let unread = UnsafeRawPointer(inputs).assumingMemoryBound(to: Element.self)
        self.normalization = normalization ?? Normalization(scale: unread, shift: unread)
    }
}
