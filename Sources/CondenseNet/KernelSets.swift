import CProcessor
import Engine
import Glibc
import Kernels

#if CONDENSENET_AVX_VARIANTS
    import zKernelsAVX2
    import zKernelsAVX512
#endif
#if CONDENSENET_HALF_VARIANT
    import zKernelsHalf
#endif

/// The kernels in this program, compiled once for each of several instruction sets.
public enum KernelSets {
    /// The instruction sets that kernels in this program are compiled for, the narrowest first.
    public static var built: [InstructionSet] { all.map(\.instructionSet) }

    /// Those of `built` that this processor and its operating system have and that compute in single precision.
    public static var usable: [InstructionSet] { usable(in: .f32) }

    /// Those of `built` that this processor and its operating system have and that compute in `precision`.
    public static func usable(in precision: Precision) -> [InstructionSet] {
        all.filter { $0.precision == precision && isUsable($0.instructionSet) }.map(\.instructionSet)
    }

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
        var sets = [Kernels.makeKernelSet()]
        #if CONDENSENET_AVX_VARIANTS
            sets += [zKernelsAVX2.makeKernelSet(), zKernelsAVX512.makeKernelSet()]
        #endif
        #if CONDENSENET_HALF_VARIANT
            sets.append(zKernelsHalf.makeKernelSet())
        #endif
        return sets
    }()

    /// The kernels for `instructionSet`, or for the one that is `chosen`.
    ///
    /// - Throws: as `chosen`.
    package static func choose(
        _ instructionSet: InstructionSet?, for precision: Precision = .f32
    ) throws -> any KernelSet {
        let environment = getenv("CONDENSENET_KERNELS").map { String(cString: $0) } ?? ""
        if let name = instructionSet?.rawValue ?? (environment.isEmpty ? nil : environment) {
            let set = try named(name)
            // A network of single precision is computed in nothing less.
            guard set.precision == .f32 || precision == set.precision else {
                throw RuntimeError.precision(of: set.instructionSet, model: precision)
            }
            return set
        }
        let widest = all.last { $0.precision == .f32 && isUsable($0.instructionSet) }!
        guard precision == .f16, computesInHalf else { return widest }
        return all.last { $0.precision == .f16 } ?? widest
    }

    /// Whether networks of half precision are computed in it unless someone says otherwise: where the processor has the
    /// instructions.
    private static var computesInHalf: Bool {
        #if arch(arm64)
            isUsable(.half)
        #else
            false
        #endif
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
        case .half: condensenet_processor_has_half()
        }
    }
}
