import ModelFormat
import TestSupport
import Testing

@testable import CondenseNet

@Suite("Session")
struct SessionTests {
    @Test("optimised kernels agree with the reference plan", arguments: TestNetwork.all)
    func agreesWithReference(network: NamedGraph) throws {
        let graph = network.graph
        let model = try TestNetwork.model(graph)
        let input = try TestNetwork.input(graph)
        let expected = try Session(plan: ExecutionPlan(model, options: .init(referenceKernels: true))).logits(input)
        let actual = try Session(plan: ExecutionPlan(model)).logits(input)
        let largest = expected.map(\.magnitude).max()!
        #expect(largest > 0 && largest.isFinite)
        for (index, (a, b)) in zip(actual, expected).enumerated() {
            #expect((a - b).magnitude <= 1e-5 * largest, "logit \(index): \(a), reference \(b)")
        }
    }

    @Test("every thread count gives the same bits", arguments: TestNetwork.all)
    func threadsAgree(network: NamedGraph) throws {
        let graph = network.graph
        let plan = try ExecutionPlan(try TestNetwork.model(graph))
        let input = try TestNetwork.input(graph)
        let expected = try Session(plan: plan).logits(input)
        for threads in [2, 3, 5, 8] {
            let session = try Session(plan: plan, threads: threads)
            for _ in 0..<3 { #expect(try session.logits(input) == expected, "\(threads) threads") }
        }
    }

    @Test("retaining every value changes no bit and shows each step's output", arguments: TestNetwork.all)
    func retainedValuesAgree(network: NamedGraph) throws {
        let graph = network.graph
        let model = try TestNetwork.model(graph)
        let input = try TestNetwork.input(graph)
        let expected = try Session(plan: ExecutionPlan(model)).logits(input)
        let session = try Session(plan: ExecutionPlan(model, options: .init(retainsValues: true)))
        #expect(try session.logits(input) == expected)
        #expect(try session.value(graph.input).elementsEqual(input))
        #expect(try session.value(graph.output) == expected)
        for value in graph.values { #expect(try session.value(value.name).count == value.shape.count) }
    }

    /// A 3×3 convolution with padding 1 of an image of `side`², and the means of its planes.
    private static func graph(_ convolution: Convolution, side: Int) -> Graph {
        let (channels, output) = (convolution.outputChannels, (side - 1) / convolution.stride + 1)
        return Graph(
            values: [
                Value("image", PlaneShape(channels: 3, height: side, width: side)),
                Value("planes", PlaneShape(channels: channels, height: output, width: output)),
                Value("logits", PlaneShape(channels: channels, height: 1, width: 1)),
            ],
            steps: [
                Step(
                    name: "spatial", operation: convolution, input: "image", inputChannels: 3,
                    output: "planes"),
                Step(
                    name: "pool", operation: GlobalAveragePooling(), input: "planes",
                    inputChannels: channels, output: "logits"),
            ],
            input: "image", output: "logits")
    }

    @Test("threads that need too much scratch memory are refused")
    func scratchLimit() throws {
        let graph = Self.graph(Convolution(outputChannels: 2, kernel: 3, padding: 1), side: 1250)
        let plan = try ExecutionPlan(try TestNetwork.model(graph))
        #expect(throws: Never.self) { try Session(plan: plan, threads: 4) }
        let bytes = plan.scratchBytes * Session.maximumThreads
        let limit = ModelFormatError.limit(
            what: "bytes of scratch memory for 64 threads", found: bytes, limit: FormatLimits.scratchBytes)
        #expect(throws: limit) { try Session(plan: plan, threads: Session.maximumThreads) }
    }

    /// The depthwise kernel sorts all pixels, also those that no window reaches.
    @Test("windows that leave pixels out have a kernel that does not look at them", arguments: [2, 3, 64])
    func sparseWindows(stride: Int) throws {
        let graph = Self.graph(
            Convolution(outputChannels: 3, kernel: 3, stride: stride, padding: 1, groups: 3), side: 9)
        let plan = try ExecutionPlan(try TestNetwork.model(graph))
        #expect(plan.steps[0].kernel == (stride > 3 ? "Convolution2D" : "DepthwiseConvolution"))
        try agreesWithReference(network: NamedGraph("stride \(stride)", graph))
    }

    @Test("sessions that share a plan do not disturb each other")
    func sessionsAreIndependent() throws {
        let graph = TestNetwork.condenseNet()
        let plan = try ExecutionPlan(try TestNetwork.model(graph))
        let inputs = try (0..<4).map { try TestNetwork.input(graph, seed: $0) }
        let expected = try inputs.map { try Session(plan: plan).logits($0) }
        let sessions = try inputs.indices.map { try Session(plan: plan, threads: 1 + $0 % 2) }
        for _ in 0..<5 {
            for (index, session) in sessions.enumerated() {
                #expect(try session.logits(inputs[index]) == expected[index])
            }
        }
    }

    @Test("a run's answer does not depend on what ran before")
    func runsAreIndependent() throws {
        let graph = TestNetwork.condenseNet()
        let session = try Session(plan: ExecutionPlan(try TestNetwork.model(graph)))
        let first = try session.logits(try TestNetwork.input(graph, seed: 1))
        _ = try session.logits([Float](repeating: .nan, count: graph.values[0].shape.count))
        #expect(try session.logits(TestNetwork.input(graph, seed: 1)) == first)
    }

    @Test("a run takes denormals for zero where they are slow, and leaves the caller's arithmetic as it was")
    func denormals() throws {
        let graph = Graph(
            values: [
                Value("image", PlaneShape(channels: 3, height: 2, width: 2)),
                Value("logits", PlaneShape(channels: 3, height: 1, width: 1)),
            ],
            steps: [
                Step(
                    name: "pool", operation: Pooling(kind: .average, kernel: 2, stride: 2), input: "image",
                    inputChannels: 3, output: "logits")
            ], input: "image", output: "logits")
        let tiny: Float = 0x1p-130
        let input = [Float](repeating: tiny, count: 12)
        for threads in [1, 2] {
            let session = try Session(plan: ExecutionPlan(TestNetwork.model(graph)), threads: threads)
            let logits = try session.logits(input)
            #if arch(x86_64)
                #expect(logits == [0, 0, 0])
            #else
                #expect(logits == [tiny, tiny, tiny])
            #endif
            #expect(input.map { $0 / 2 } == [Float](repeating: 0x1p-131, count: 12))
        }
    }

    @Test("profiling fills one time for each step")
    func profile() throws {
        let graph = TestNetwork.condenseNet()
        let plan = try ExecutionPlan(try TestNetwork.model(graph))
        let session = try Session(plan: plan, profile: true)
        _ = try session.logits(try TestNetwork.input(graph))
        #expect(session.stepNanoseconds.count == plan.steps.count)
        // The network's steps take a microsecond and more each, together a part of the whole run.
        let start = monotonicNanoseconds()
        _ = try session.logits(try TestNetwork.input(graph))
        let whole = monotonicNanoseconds() - start
        #expect(session.stepNanoseconds.allSatisfy { $0 > 0 })
        #expect(session.stepNanoseconds.reduce(0, +) <= whole)
    }

    @Test("arguments that make no sense are refused, and nothing else happens")
    func arguments() throws {
        let graph = TestNetwork.condenseNet()
        let model = try TestNetwork.model(graph)
        let plan = try ExecutionPlan(model)
        for threads in [-1, 0, Session.maximumThreads + 1] {
            #expect(throws: RuntimeError.threadCount(threads, limit: Session.maximumThreads)) {
                try Session(plan: plan, threads: threads)
            }
        }
        let session = try Session(plan: plan)
        let count = graph.values[0].shape.count
        #expect(throws: RuntimeError.count(of: "input", expected: count, found: 1)) { try session.logits([1]) }
        #expect(throws: RuntimeError.noValue(graph.output)) { try session.value(graph.output) }
        let retaining = try Session(plan: ExecutionPlan(model, options: .init(retainsValues: true)))
        #expect(throws: RuntimeError.noValue("none")) { try retaining.value("none") }
        let input = try TestNetwork.input(graph)
        var output = [Float](repeating: 0, count: model.description.classes + 1)
        let wrong = RuntimeError.count(
            of: "output", expected: model.description.classes, found: model.description.classes + 1)
        #expect(throws: wrong) {
            try output.withUnsafeMutableBufferPointer { try session.run(input.elements, into: $0) }
        }
    }

    @Test("a plan that consumes its model answers alike, and is the last")
    func consumption() throws {
        let url = Fixture.root.appendingPathComponent("models/fashion-mnist.safetensors")
        let model = try Model(path: url.path)
        let input = try SampleAnswers.input(model.description.inputShape, seed: 1)
        let expected = try Session(plan: ExecutionPlan(model)).logits(input)
        let plan = try ExecutionPlan(consuming: model)
        #expect(try Session(plan: plan).logits(input) == expected)
        #expect(throws: RuntimeError.consumedModel) { try ExecutionPlan(model) }
        #expect(throws: RuntimeError.consumedModel) { try ExecutionPlan(consuming: model) }
    }
}
