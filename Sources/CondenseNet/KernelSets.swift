import CProcessor
import Engine
import Glibc
import Kernels

#if CONDENSENET_AVX_VARIANTS
    import zKernelsAVX2
    import zKernelsAVX512
#endif

/// The kernels in this program, compiled once for each of several instruction sets.
public enum KernelSets {
    /// The instruction sets that kernels in this program are compiled for, the narrowest first.
    public static var built: [InstructionSet] { all.map(\.instructionSet) }

    /// Those of `built` that this processor and its operating system have.
    public static var usable: [InstructionSet] { built.filter(isUsable) }

    /// The instruction set whose kernels a plan uses unless its options say otherwise: the one that `CONDENSENET_KERNELS`
    /// names, or else the widest of `usable`.
    ///
    /// - Throws: `RuntimeError.kernels` for a name that is none of `built`, `RuntimeError.processor` for one that is none of
    ///   `usable`.
    public static var chosen: InstructionSet { get throws { try choose(nil).instructionSet } }

    /// The names of `built` and of the one that is `chosen`, for people.
    public static var summary: String {
        let names = built.map(\.rawValue).joined(separator: ", ")
        return "kernels: \(names); chosen: \((try? chosen)?.rawValue ?? "none")"
    }

    private static let all: [any KernelSet] = {
        let baseline = Kernels.makeKernelSet()
        #if CONDENSENET_AVX_VARIANTS
            return [baseline, zKernelsAVX2.makeKernelSet(), zKernelsAVX512.makeKernelSet()]
        #else
            return [baseline]
        #endif
    }()

    /// The kernels for `instructionSet`, or for the one that is `chosen`.
    ///
    /// - Throws: as `chosen`.
    static func choose(_ instructionSet: InstructionSet?) throws -> any KernelSet {
        if let instructionSet { return try named(instructionSet.rawValue) }
        if let name = getenv("CONDENSENET_KERNELS"), name.pointee != 0 { return try named(String(cString: name)) }
        return all.last { isUsable($0.instructionSet) }!
    }

    private static func named(_ name: String) throws -> any KernelSet {
        guard let set = all.first(where: { $0.instructionSet.rawValue == name }) else {
            throw RuntimeError.kernels(name: name, built: built)
        }
        guard isUsable(set.instructionSet) else { throw RuntimeError.processor(lacks: set.instructionSet) }
        return set
    }

    private static func isUsable(_ instructionSet: InstructionSet) -> Bool {
        switch instructionSet {
        case .sse2, .neon, .generic: true
        case .avx2: condensenet_processor_has_avx2_fma()
        case .avx512: condensenet_processor_has_avx512()
        }
    }
}
