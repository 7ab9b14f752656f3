import Checkpoint
import Condenser
import ModelFormat
import Testing
import TestSupport

/// The evaluator against the answers of the original code.
struct EvaluatorTests {
    private static let networks = [
        "cifar10-g4", "imagenet-g8", "cifar100-lgc-transitions", "cifar10-densenet", "fashion-mnist",
    ]

    private func checkpoint(_ name: String) throws -> Checkpoint { try Checkpoint.load(path: Fixture.path(name)) }

    private func evaluator(_ name: String) throws -> SourceEvaluator {
        let checkpoint = try checkpoint(name)
        return SourceEvaluator(checkpoint, try Architecture.infer(from: checkpoint).architecture)
    }

    /// At most the first eight images of a fixture.
    private func images(_ network: String) throws -> (values: [Float], count: Int) {
        let input = try Fixture.array("\(network)/input.npy")
        let count = min(input.shape[0], 8)
        return (Array(input.values.prefix(count * (input.values.count / input.shape[0]))), count)
    }

    private func expectEqual(
        _ found: [Double], _ expected: [Float], within bound: Double = 1e-5, _ what: Comment,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(found.count == expected.count, what, sourceLocation: sourceLocation)
        let magnitude = expected.reduce(0) { max($0, Double($1.magnitude)) }
        for (position, (found, expected)) in zip(found, expected).enumerated()
        where !((found - Double(expected)).magnitude <= bound * magnitude) {
            Issue.record(
                "\(what): \(found) instead of \(expected) at \(position), largest \(magnitude)",
                sourceLocation: sourceLocation)
            return
        }
    }

    @Test(arguments: networks) func denseNetworkGivesTheOriginalLogits(network: String) throws {
        let (images, count) = try images(network)
        let expected = try Fixture.array("\(network)/logits-dense.npy")
        let logits = try evaluator("\(network)/dense.pth.tar").evaluate(images, count: count)
        expectEqual(logits, Array(expected.values.prefix(count * expected.shape[1])), "\(network), dense")
    }

    @Test(arguments: networks) func convertedNetworkGivesTheOriginalLogits(network: String) throws {
        let (images, count) = try images(network)
        let expected = try Fixture.array("\(network)/logits-converted.npy")
        let logits = try evaluator("\(network)/converted.pth.tar").evaluate(images, count: count)
        expectEqual(logits, Array(expected.values.prefix(count * expected.shape[1])), "\(network), converted")
    }

    @Test(arguments: networks) func denseNetworkWithTheConvertedFeaturesGivesTheConvertedLogits(
        network: String
    ) throws {
        let (images, count) = try images(network)
        let expected = try Fixture.array("\(network)/logits-converted.npy")
        let index = try #require(try checkpoint("\(network)/converted.pth.tar")["classifier.index"])
        let kept = try index.integers().map { Int($0) }
        let dense = try evaluator("\(network)/dense.pth.tar")
        let logits = try dense.evaluate(images, count: count, keptFeatures: kept)
        expectEqual(logits, Array(expected.values.prefix(count * expected.shape[1])), "\(network), half classifier")

        let first = try dense.features(of: Array(images.prefix(images.count / count)))
        #expect(try dense.logits(of: first, keptFeatures: kept).values == Array(logits.prefix(expected.shape[1])))
    }

    @Test func everyLayerGivesTheOriginalNumbers() throws {
        let input = try Fixture.array("cifar10-g4/input.npy")
        var outputs: [String: [Double]] = [:]
        _ = try evaluator("cifar10-g4/dense.pth.tar").evaluate(
            Array(input.values.prefix(input.values.count / 2)), count: 1
        ) { outputs[$0.name] = $0.values }
        func expectTap(_ tap: String, _ layers: [String]) throws {
            let found = try layers.flatMap { try #require(outputs[$0], "no layer \($0)") }
            expectEqual(found, try Fixture.array("cifar10-g4/tap-\(tap).npy").values, "\(tap)")
        }
        try expectTap("init_conv", ["features.init_conv"])
        for (stage, before) in ["features.init_conv", "features.transition_1.pool", "features.transition_2.pool"]
            .enumerated()
        {
            let layers = (1...2).map { "features.denseblock_\(stage + 1).denselayer_\($0).conv_2" }
            try expectTap("denseblock_\(stage + 1)", [before] + layers)
        }
        try expectTap("transition_1", ["features.transition_1.pool"])
        try expectTap("transition_2", ["features.transition_2.pool"])
        try expectTap("pool_last", ["features.pool_last"])
    }

    @Test(arguments: networks) func layersAreTheStepsOfTheGraph(network: String) throws {
        for form in ["dense", "converted"] {
            let checkpoint = try checkpoint("\(network)/\(form).pth.tar")
            let architecture = try Architecture.infer(from: checkpoint).architecture
            let graph = Graph(architecture)
            var names: [String] = []
            let (images, count) = try images(network)
            _ = try SourceEvaluator(checkpoint, architecture).evaluate(
                Array(images.prefix(images.count / count)), count: 1
            ) { layer in
                let step = try #require(graph.steps.first { $0.name == layer.name })
                let value = try #require(graph.value(named: step.output)).shape
                let channels =
                    switch step.operation {
                    case let convolution as Convolution: convolution.outputChannels
                    case let pooling as GlobalAveragePooling: pooling.preActivation.channels(of: step.inputChannels)
                    case let linear as Linear: linear.outputs
                    default: step.inputChannels
                    }
                #expect(layer.shape == PlaneShape(channels: channels, height: value.height, width: value.width))
                #expect(layer.values.count == layer.shape.count)
                names.append(layer.name)
            }
            #expect(names == graph.steps.map(\.name), "\(network), \(form)")
        }
    }

    @Test func denseAndConvertedNetworkAgreeLayerByLayer() throws {
        for network in ["cifar10-g4", "cifar100-lgc-transitions"] {
            let (images, count) = try images(network)
            var converted: [String: [Double]] = [:]
            _ = try evaluator("\(network)/converted.pth.tar").evaluate(images, count: count) {
                converted["\($0.name) \($0.image)"] = $0.values
            }
            var compared = 0
            _ = try evaluator("\(network)/dense.pth.tar").evaluate(images, count: count) { layer in
                guard layer.name != "features.pool_last", layer.name != "classifier" else { return }
                let other = try #require(converted["\(layer.name) \(layer.image)"])
                expectEqual(layer.values, other.map(Float.init), within: 1e-6, "\(network): \(layer.name)")
                compared += 1
            }
            #expect(compared == converted.count - 2 * count)
        }
    }

    @Test(arguments: [
        ("cifar10-g4/dense.pth.tar", "imagenet-g8/dense.pth.tar"),
        ("cifar10-g4/converted.pth.tar", "cifar100-lgc-transitions/converted.pth.tar"),
        ("fashion-mnist/dense.pth.tar", "cifar10-g4/dense.pth.tar"),
    ]) func tensorsThatDoNotFitAreNamed(architecture: String, tensors: String) throws {
        let shape = try Architecture.infer(from: try checkpoint(architecture)).architecture
        let evaluator = SourceEvaluator(try checkpoint(tensors), shape)
        let image = [Float](repeating: 0, count: 3 * shape.inputSize * shape.inputSize)
        #expect(throws: ConversionError.self) { try evaluator.evaluate(image, count: 1) }
    }
}
