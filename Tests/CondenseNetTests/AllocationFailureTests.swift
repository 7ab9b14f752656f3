import Foundations
import Glibc
import TestSupport
import Testing

@testable import CondenseNet
@testable import ModelFormat

/// The system may refuse any allocation whose size comes from a file: that is an error, whichever it is.
@Suite("Allocation failure", .serialized)
struct AllocationFailureTests {
    /// Lets the thread make `count` allocations while `body` runs, and refuses the next.
    private func allowing<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result {
        Storage.allowance.store(count, ordering: .relaxed)
        Storage.failingThread.store(pthread_self(), ordering: .relaxed)
        defer { Storage.failingThread.store(0, ordering: .relaxed) }
        return try body()
    }

    /// Expects the first, second, third … allocation of `body` to be a `.memory` error when it fails.
    ///
    /// - Returns: how many allocations `body` makes.
    private func failEach(_ body: () throws -> Void) throws -> Int {
        for count in 0..<10_000 {
            do {
                try allowing(count, body)
                return count
            } catch let error as MemoryError {
                try #require(error.bytes >= 0)
            }
        }
        Issue.record("no end of allocations")
        return 0
    }

    private static let files = [
        "models/fashion-mnist.safetensors", "models/cifar-condensenet-50.json",
        "Tests/Fixtures/models/imagenet-g8-full.safetensors",
    ]

    @Test("loading", arguments: files) func loading(file: String) throws {
        let path = Fixture.root.appendingPathComponent(file).path
        #expect(try failEach { _ = try Model(path: path) } > 0)
    }

    @Test("planning", arguments: files, [false, true]) func planning(file: String, reference: Bool) throws {
        let model = try Model(path: Fixture.root.appendingPathComponent(file).path)
        let count = try failEach {
            _ = try ExecutionPlan(model, options: ExecutionPlan.Options(referenceKernels: reference))
        }
        #expect(
            count >= model.description.graph.steps.count / 2, "\(count) allocations: the weights are packed elsewhere")
    }

    @Test("a network of bytes", arguments: [false, true]) func bytes(reference: Bool) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(QuantizedMutationTests.file(), to: "bytes.safetensors")
        #expect(try failEach { _ = try Model(path: path) } > 0)
        let model = try Model(path: path)
        let count = try failEach {
            _ = try ExecutionPlan(
                model, options: ExecutionPlan.Options(retainsValues: true, referenceKernels: reference))
        }
        #expect(count >= model.description.graph.steps.count / 2)
        let plan = try ExecutionPlan(model)
        #expect(try failEach { _ = try Session(plan: plan) } == 2)
    }

    @Test("sessions and classifiers", arguments: [1, 3]) func sessions(threads: Int) throws {
        let plan = try ExecutionPlan(
            try Model(path: Fixture.root.appendingPathComponent(Self.files[0]).path))
        #expect(try failEach { _ = try Session(plan: plan, threads: threads) } == 2)
        let session = try Session(plan: plan, threads: threads)
        #expect(try failEach { _ = try Classifier(session) } == 1)
        // What failed has left nothing behind that a later run could meet.
        let sample = try #require(plan.model.description.sample)
        let logits = try session.logits(try sample.input(plan.model.description.inputShape))
        for (logit, answer) in zip(logits, sample.logits) { #expect((logit - answer).magnitude < 1e-3) }
    }
}
