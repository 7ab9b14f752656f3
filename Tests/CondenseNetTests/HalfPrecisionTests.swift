import Foundations
import ModelFormat
import Testing

@testable import CondenseNet

@Suite("Half precision", .enabled(if: !KernelSets.usable(in: .f16).isEmpty, "needs kernels for half precision"))
struct HalfPrecisionTests {
    private func logits(_ graph: Graph, _ precision: Precision, threads: Int = 1) throws -> [Float] {
        let options = ExecutionPlan.Options(instructionSet: KernelSets.usable(in: precision).last)
        let plan = try ExecutionPlan(TestNetwork.model(graph, precision: precision), options: options)
        #expect(plan.precision == precision)
        return try Session(plan: plan, threads: threads).logits(try TestNetwork.input(graph))
    }

    @Test(
        "logits lie near those of single precision, and every thread count gives the same", arguments: TestNetwork.all)
    func agrees(network: NamedGraph) throws {
        let expected = try logits(network.graph, .f32)
        let largest = expected.map(\.magnitude).max()!
        let actual = try logits(network.graph, .f16)
        for (index, (a, b)) in zip(actual, expected).enumerated() {
            #expect((a - b).magnitude <= 1e-2 * largest, "logit \(index): \(a), single precision \(b)")
        }
        // Not single precision after all.
        #expect(actual != expected)
        for threads in [2, 3] { #expect(try logits(network.graph, .f16, threads: threads) == actual) }
    }

    @Test("optimised kernels lie near the reference kernels of half precision", arguments: TestNetwork.all)
    func references(network: NamedGraph) throws {
        let model = try TestNetwork.model(network.graph, precision: .f16)
        let input = try TestNetwork.input(network.graph)
        let expected = try Session(
            plan: ExecutionPlan(model, options: .init(referenceKernels: true, instructionSet: .half))
        ).logits(input)
        let actual = try Session(plan: ExecutionPlan(model, options: .init(instructionSet: .half))).logits(input)
        let largest = expected.map(\.magnitude).max()!
        for (a, b) in zip(actual, expected) { #expect((a - b).magnitude <= 2e-2 * largest) }
    }

    @Test("files and options say what is computed in")
    func choice() throws {
        let graph = TestNetwork.condenseNet()
        #expect(throws: RuntimeError.precision(of: .half, model: .f32)) {
            try ExecutionPlan(TestNetwork.model(graph), options: .init(instructionSet: .half))
        }
        let plan = try ExecutionPlan(TestNetwork.model(graph, precision: .f16))
        #if arch(arm64)
            #expect(plan.precision == .f16)
        #else
            // Widened: conversions after each operation would make it slower than single precision.
            #expect(plan.precision == .f32)
        #endif
    }
}
