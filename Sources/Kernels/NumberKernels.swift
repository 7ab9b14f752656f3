import ModelFormat

/// The kernels in this module's precision, for callers outside the module: what is generic here is specialised by the compiler
/// only where it knows the type.

extension PointwiseConvolution {
    /// Computes the given rows of the given groups' outputs.
    ///
    /// Calls for different groups or rows may run at the same time if each has its own scratch. Allocates nothing.
    ///
    /// - Precondition: the buffers have the sizes that the operands' descriptions give, `scratch` has `scratchCount`
    ///   elements, and the ranges lie within the convolution.
    public func run(
        _ operands: PointwiseOperands<Number>, groups: Range<Int>, rows: Range<Int>,
        scratch: UnsafeMutablePointer<Number>
    ) {
        run(Number.self, operands, groups: groups, rows: rows, scratch: scratch)
    }

    func runReference(
        _ operands: PointwiseOperands<Number>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        normalization: Normalization<Float>?
    ) {
        runReference(Number.self, operands, weights: weights, bias: bias, normalization: normalization)
    }
}

extension Convolution3x3 {
    /// Computes the given rows of the given groups' outputs.
    ///
    /// Calls for different groups or rows may run at the same time. Allocates nothing and needs no scratch.
    ///
    /// - Precondition: the buffers have the sizes that the operands' descriptions give, the ranges lie within the
    ///   convolution, and the input holds the rows together with those above and below them, zero outside the image.
    public func run(_ operands: Convolution3x3Operands<Number>, groups: Range<Int>, rows: Range<Int>) {
        run(Number.self, operands, groups: groups, rows: rows)
    }

    func runReference(
        _ operands: PlaneOperands<Number>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?
    ) {
        runReference(Number.self, operands, weights: weights, bias: bias)
    }
}

extension Winograd3x3 {
    /// Computes the given tiles of up to four outputs each; tile `t` of group `g` is number `g * tiles / groups + t`.
    ///
    /// Calls for different tiles may run at the same time if each has its own scratch; each transforms the inputs of its
    /// groups. Allocates nothing.
    ///
    /// - Precondition: the buffers have the sizes that the operands' descriptions give, `scratch` has `scratchCount`
    ///   elements, and the range lies within `0..<tiles`.
    public func run(
        _ operands: PlaneOperands<Number>, tiles: Range<Int>, scratch: UnsafeMutablePointer<Number>
    ) {
        run(Number.self, operands, tiles: tiles, scratch: scratch)
    }

    func runReference(
        _ operands: PlaneOperands<Number>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?
    ) {
        runReference(Number.self, operands, weights: weights, bias: bias)
    }
}

extension Convolution2D {
    /// Computes the given rows of the given groups' outputs.
    ///
    /// Calls for different groups or rows may run at the same time if each has its own scratch. Allocates nothing.
    ///
    /// - Precondition: the buffers have the sizes that the operands' descriptions give, `scratch` has `scratchCount`
    ///   elements, and the ranges lie within the convolution.
    public func run(
        _ operands: Convolution2DOperands<Number>, groups: Range<Int>, rows: Range<Int>,
        scratch: UnsafeMutablePointer<Number>
    ) {
        run(Number.self, operands, groups: groups, rows: rows, scratch: scratch)
    }

    func runReference(
        _ operands: Convolution2DOperands<Number>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?
    ) {
        runReference(Number.self, operands, weights: weights, bias: bias)
    }
}

extension DenseLayer {
    /// Computes the given rows of the output.
    ///
    /// Calls for different rows may run at the same time if each has its own scratch. Allocates nothing.
    ///
    /// - Precondition: the buffers have the sizes that the operands' descriptions give; `scratch` has `scratchCount`
    ///   elements, begins on a multiple of 64 bytes, and may hold anything.
    public func run(_ operands: DenseLayerOperands<Number>, rows: Range<Int>, scratch: UnsafeMutablePointer<Number>) {
        run(Number.self, operands, rows: rows, scratch: scratch)
    }
}
