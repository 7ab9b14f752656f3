/// As many floats as the widest vector of any set of kernels.
///
/// Nothing is kept in it. A program that holds it holds the function that copies 64 bytes of vectors in the instructions of
/// every processor; without it, the only copy would be that of the widest kernels, which also the standard library's vectors
/// would use where it is linked statically (`tools/variant-check`).
public struct VectorBlock: Sendable {
    /// The floats.
    public var lanes: SIMD16<Float>
}
