#if CONDENSENET_AVX512
    import CVector

    /// The widest vector that one instruction computes.
    typealias WidestVector = SIMD16<Float>
#else
    typealias WidestVector = SIMD8<Float>
#endif

/// As many multiply-adds as the processor can do: no memory, and enough independent chains to hide the latency.
///
/// Twelve accumulators keep two pipes of latency 4 (x86-64: twelve registers; AArch64: twenty-four) or of latency 5 busy.
public enum PeakMultiplyAdd {
    /// Multiply-adds of one round: twelve chains.
    public static let multiplyAddsPerRound = 12 * WidestVector.scalarCount

    /// Performs `rounds` rounds. Returns a sum of all chains, so that the caller has a use for every one of them.
    ///
    /// - Parameters:
    ///   - factor: unknown to the compiler; 1 keeps the values finite for any number of rounds below 2²⁴.
    ///   - term: unknown to the compiler; the chains start at its multiples, so that no two of them are the same.
    @inline(never)
    public static func run(rounds: Int, factor: Float, term: Float) -> Float {
        let a = WidestVector(repeating: factor)
        let b = WidestVector(repeating: term)
        var c0 = b, c1 = c0 + b, c2 = c1 + b, c3 = c2 + b, c4 = c3 + b, c5 = c4 + b
        var c6 = c5 + b, c7 = c6 + b, c8 = c7 + b, c9 = c8 + b, c10 = c9 + b, c11 = c10 + b
        for _ in 0..<rounds {
            c0 = link(c0, a, b)
            c1 = link(c1, a, b)
            c2 = link(c2, a, b)
            c3 = link(c3, a, b)
            c4 = link(c4, a, b)
            c5 = link(c5, a, b)
            c6 = link(c6, a, b)
            c7 = link(c7, a, b)
            c8 = link(c8, a, b)
            c9 = link(c9, a, b)
            c10 = link(c10, a, b)
            c11 = link(c11, a, b)
        }
        return sumOfLanes((((c0 + c1) + (c2 + c3)) + ((c4 + c5) + (c6 + c7)) + ((c8 + c9) + (c10 + c11))))
    }

    /// One multiply and one add that no later round can share.
    ///
    /// Without a fused instruction the product of two constants would be computed once for all rounds; there the chain
    /// passes through the product. With one, it passes through the sum, as in a convolution.
    @inline(__always)
    private static func link(_ chain: WidestVector, _ a: WidestVector, _ b: WidestVector) -> WidestVector {
        #if CONDENSENET_PORTABLE
            multiplyAdd(b, chain, a)
        #elseif CONDENSENET_AVX512
            condensenet_multiply_add16(chain, a, b)
        #else
            multiplyAdd(chain, a, b)
        #endif
    }
}
