/// The instructions that the kernels of this build use.
public enum InstructionSet {
    /// A name for people: AVX2 with FMA, AVX-512, plain SSE2, or NEON.
    public static var name: String {
        #if arch(arm64)
            "NEON"
        #elseif CONDENSENET_PORTABLE
            "SSE2 (portable build)"
        #elseif CONDENSENET_AVX512
            "AVX-512"
        #elseif arch(x86_64)
            "AVX2 + FMA"
        #else
            "generic"
        #endif
    }
}
