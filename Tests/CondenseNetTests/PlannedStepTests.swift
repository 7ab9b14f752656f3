import Testing

@testable import CondenseNet
@testable import ModelFormat

/// What a plan says of its steps.
@Suite struct PlannedStepTests {
    private func steps(_ graph: Graph) throws -> [PlannedStep] {
        try ExecutionPlan(TestNetwork.model(graph)).steps
    }

    /// An addition reads two values; a gathered plane counts once, however many groups read it.
    @Test func activationBytes() throws {
        let addition = try #require(try steps(TestNetwork.assorted()).first { $0.names == ["sum"] })
        #expect(addition.activationBytes == 3 * 4 * addition.shapes[0].output.count)

        let graph = TestNetwork.condenseNet()
        let layer = try #require(try steps(graph).first { $0.names == ["block0.pointwise0", "block0.spatial0"] })
        let (read, written) = (16, 8)
        #expect(layer.shapes[0].input.channels > read && layer.shapes[1].output.channels == written)
        #expect(layer.activationBytes == 4 * (read + written) * 13 * 13)
    }
}
