/// One gathered input of a 1×1 convolution.
public struct GatheredInput: BitwiseCopyable, Sendable {
    /// Its plane.
    var plane: Int32
    /// The least value of its pixels, or the greatest.
    var bound: Float
}

/// The gathered inputs of a 1×1 convolution. Nothing is owned.
public struct GatheredInputs {
    /// `[groups][inputs]`; in each group first those that are raised to their bounds, then those that are lowered.
    let inputs: UnsafePointer<GatheredInput>
    /// How many of each group are raised, `[groups]`.
    let rising: UnsafePointer<Int32>

    /// Names what `PointwiseConvolution.gather` and `countRising` filled.
    public init(inputs: UnsafePointer<GatheredInput>, rising: UnsafePointer<Int32>) {
        self.inputs = inputs
        self.rising = rising
    }
}
