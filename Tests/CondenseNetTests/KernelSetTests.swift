import ModelFormat
import Testing

@testable import CondenseNet

/// Kernels for several instruction sets in one program.
@Suite("Kernel sets")
struct KernelSetTests {
    private static let baseline: InstructionSet = KernelSets.built[0]

    @Test("the architecture's baseline is there and can be used, and the widest of all is chosen")
    func chosen() throws {
        #if arch(x86_64)
            #expect(Self.baseline == .sse2)
        #elseif arch(arm64)
            #expect(Self.baseline == .neon)
        #endif
        #expect(KernelSets.usable.first == Self.baseline)
        #expect(
            try ExecutionPlan(TestNetwork.model(TestNetwork.condenseNet())).instructionSet == KernelSets.usable.last)
    }

    @Test("a plan runs the kernels that its options name", arguments: KernelSets.usable)
    func options(instructionSet: InstructionSet) throws {
        let model = try TestNetwork.model(TestNetwork.condenseNet())
        let plan = try ExecutionPlan(model, options: .init(instructionSet: instructionSet))
        #expect(plan.instructionSet == instructionSet)
    }

    @Test("every set of kernels agrees with the reference kernels of the baseline", arguments: TestNetwork.all)
    func agree(network: NamedGraph) throws {
        let model = try TestNetwork.model(network.graph)
        let input = try TestNetwork.input(network.graph)
        func logits(_ options: ExecutionPlan.Options) throws -> [Float] {
            try Session(plan: ExecutionPlan(model, options: options)).logits(input)
        }
        let expected = try logits(.init(referenceKernels: true, instructionSet: Self.baseline))
        let largest = expected.map(\.magnitude).max()!
        for instructionSet in KernelSets.usable {
            for (index, (a, b)) in zip(try logits(.init(instructionSet: instructionSet)), expected).enumerated() {
                #expect((a - b).magnitude <= 1e-5 * largest, "\(instructionSet), logit \(index): \(a), expected \(b)")
            }
        }
    }

    /// Both sum in the same order, with one rounding for each product.
    @Test(
        "AVX-512 gives AVX2's bits", .enabled(if: KernelSets.usable.contains(.avx512), "needs AVX-512"),
        arguments: TestNetwork.all)
    func bits(network: NamedGraph) throws {
        let model = try TestNetwork.model(network.graph)
        let input = try TestNetwork.input(network.graph)
        let logits = try [InstructionSet.avx2, .avx512].map {
            try Session(plan: ExecutionPlan(model, options: .init(instructionSet: $0))).logits(input)
        }
        #expect(logits[0].map(\.bitPattern) == logits[1].map(\.bitPattern))
    }

    @Test("kernels of another architecture are refused by name")
    func unknown() throws {
        let model = try TestNetwork.model(TestNetwork.condenseNet())
        let foreign: InstructionSet = Self.baseline == .neon ? .avx2 : .neon
        #expect(throws: RuntimeError.kernels(name: foreign.rawValue, built: KernelSets.built)) {
            try ExecutionPlan(model, options: .init(instructionSet: foreign))
        }
    }
}
