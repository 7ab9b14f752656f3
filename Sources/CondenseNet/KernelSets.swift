import CProcessor
import Engine
import Glibc
import IntegerKernels
import Kernels

#if CONDENSENET_AVX_VARIANTS
    import zKernelsAVX2
    import zKernelsAVX512
    import zKernelsBytesAVX2
    import zKernelsBytesVNNI
    import zKernelsBytesVNNI512
#endif
#if CONDENSENET_HALF_VARIANT
    import zKernelsHalf
#endif
#if CONDENSENET_DOT_VARIANT
    import zKernelsBytesDot
#endif

/// The kernels in this program, compiled once for each of several instruction sets.
public enum KernelSets {
    /// The instruction sets that kernels in this program are compiled for, the narrowest first.
    public static var built: [InstructionSet] {
        let names = all.map(\.instructionSet)
        return names.indices.filter { !names[..<$0].contains(names[$0]) }.map { names[$0] }
    }

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

    /// The names of `built` and of the one that is `chosen`, or that is chosen for the networks that it computes, for people.
    public static var summary: String {
        let names = built.map(\.rawValue).joined(separator: ", ")
        let chosen = Precision.allCases.lazy.compactMap { try? choose(nil, for: $0) }.first
        return "kernels: \(names); chosen: \(chosen?.instructionSet.rawValue ?? "none")"
    }

    private static let all: [any KernelSet] = {
        var sets: [any KernelSet] = [Kernels.makeKernelSet(), IntegerKernels.makeKernelSet()]
        #if CONDENSENET_AVX_VARIANTS
            sets += [zKernelsAVX2.makeKernelSet(), zKernelsAVX512.makeKernelSet()]
            sets += [
                zKernelsBytesAVX2.makeKernelSet(), zKernelsBytesVNNI.makeKernelSet(),
                zKernelsBytesVNNI512.makeKernelSet(),
            ]
        #endif
        #if CONDENSENET_HALF_VARIANT
            sets.append(zKernelsHalf.makeKernelSet())
        #endif
        #if CONDENSENET_DOT_VARIANT
            sets.append(zKernelsBytesDot.makeKernelSet())
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
            return try named(name, for: precision)
        }
        let stored = precision == .f16 && !computesInHalf ? .f32 : precision
        return all.last { $0.precision == stored && isUsable($0.instructionSet) } ?? widest
    }

    /// The kernels for single precision that run unless someone says otherwise.
    private static var widest: any KernelSet { all.last { $0.precision == .f32 && isUsable($0.instructionSet) }! }

    /// Kernels of single precision, which `MachinePeaks` measures the machine with.
    ///
    /// - Throws: as `chosen`.
    package static var floats: any FloatKernelSet { get throws { try choose(nil) as! any FloatKernelSet } }

    /// Whether networks of half precision are computed in it unless someone says otherwise: where the processor has the
    /// instructions.
    private static var computesInHalf: Bool {
        #if arch(arm64)
            isUsable(.half)
        #else
            false
        #endif
    }

    /// A network of single precision is computed in nothing less, one of bytes in nothing else.
    private static func named(_ name: String, for precision: Precision) throws -> any KernelSet {
        let named = all.filter { $0.instructionSet.rawValue == name }
        guard let first = named.first else { throw RuntimeError.kernels(name: name, built: built) }
        let set = named.first { $0.precision == precision || $0.precision == .f32 && precision == .f16 }
        guard let set else { throw RuntimeError.precision(of: first.instructionSet, model: precision) }
        guard isUsable(set.instructionSet) else { throw RuntimeError.processor(lacks: set.instructionSet) }
        return set
    }

    private static func isUsable(_ instructionSet: InstructionSet) -> Bool {
        switch instructionSet {
        case .sse2, .neon, .generic: true
        case .avx2: condensenet_processor_has_avx2_fma()
        case .avx512: condensenet_processor_has_avx512()
        case .half: condensenet_processor_has_half()
        case .dot: condensenet_processor_has_dot()
        case .avxvnni: condensenet_processor_has_avxvnni()
        case .avx512vnni: condensenet_processor_has_avx512vnni()
        }
    }
}
