/// An instruction set that the kernels are compiled for. Its raw value is its name in `CONDENSENET_KERNELS`.
public enum InstructionSet: String, CaseIterable, Sendable {
    /// What every x86-64 processor has: vectors of 4 floats, multiplied and added in two steps.
    case sse2
    /// AVX2 and FMA: vectors of 8 floats.
    case avx2
    /// AVX-512 (foundation and short vectors): vectors of 16 floats.
    case avx512
    /// What every 64-bit Arm processor has: vectors of 4 floats.
    case neon
    /// Half precision in the instructions of Armv8.2, vectors of 8; on x86-64 in single precision with a rounding after each
    /// operation (AVX2, F16C): slower than single precision, and good to see what half precision does to answers.
    case half
    /// Dot products of bytes in the instructions of Armv8.2.
    case dot
    /// Dot products of bytes in vectors of 32 (AVX-VNNI).
    case avxvnni
    /// Dot products of bytes in vectors of 64 (AVX-512 VNNI).
    case avx512vnni
    /// Whatever the compiler knows of another architecture's vectors.
    case generic

    /// What people call it.
    public var title: String {
        switch self {
        case .sse2: "SSE2"
        case .avx2: "AVX2"
        case .avx512: "AVX-512"
        case .neon: "NEON"
        case .half: "half precision"
        case .dot: "dot product"
        case .avxvnni: "AVX-VNNI"
        case .avx512vnni: "AVX-512 VNNI"
        case .generic: "generic"
        }
    }
}
