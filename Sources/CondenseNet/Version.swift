/// The version of this library and of the programs built with it.
public let version = "0.1.0"

/// The vector instructions that this build's kernels use.
public enum KernelSet: String, Sendable {
    /// 256-bit vectors with fused multiply-add, on x86-64.
    case avx2 = "AVX2+FMA"
    /// The vectors that every 64-bit Arm processor has.
    case neon = "NEON"
    /// Nothing beyond the target's baseline; products and sums are rounded apart.
    case portable = "portable"

    /// The set that this build was made for.
    public static var current: KernelSet {
        #if CONDENSENET_PORTABLE
            .portable
        #elseif arch(x86_64)
            .avx2
        #elseif arch(arm64)
            .neon
        #else
            .portable
        #endif
    }
}
