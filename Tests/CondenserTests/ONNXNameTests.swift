import CondenseNet
import Condenser
import Foundations
import ModelFormat
import Testing
import TestSupport

/// Graphs whose steps bear the names that an exporter is likely to use itself.
struct ONNXNameTests {
    /// Steps of the example graph under other names; every one that can rectify does.
    private static func graph(_ names: [String: String]) -> ModelDescription {
        var description = ONNXExampleGraph.description
        for index in description.graph.steps.indices {
            let step = description.graph.steps[index]
            description.graph.steps[index].name = names[step.name] ?? step.name
            guard case let linear as Linear = step.operation else { continue }
            description.graph.steps[index].operation = Linear(outputs: linear.outputs, activation: .relu)
        }
        return description
    }

    static let names = [
        ["classifier": "logits"], ["stem": "input"], ["stem": "logits", "classifier": "input"],
        ["linear_2": "classifier/relu"], ["layer_1.conv_1": "a", "layer_1.conv_2": "a/split"],
        ["layer_2": "block/concat-10", "sum": "stem/output"], ["linear_2": "classifier.weight", "stem": "linear_2"],
        ["pool_1": "branch/conv", "pool_2": "pool_last/gather", "linear_1": "branch/split/shape"],
    ]

    @Test(arguments: names) func everyTensorHasANameOfItsOwn(names: [String: String]) throws {
        let description = Self.graph(names)
        let bytes = try ONNXExporter.bytes(description, tensors: RandomTensors(description.graph, seed: 1))
        let graph = try #require(try ONNXMessage(bytes).messages(7).first)
        var defined: Set = ["input"]
        for initializer in try graph.messages(5) { #expect(defined.insert(initializer.strings(8)[0]).inserted) }
        let nodes = try graph.messages(1)
        #expect(Set(nodes.map { $0.strings(3)[0] }).count == nodes.count)
        for node in nodes {
            for input in node.strings(1) { #expect(defined.contains(input), "\(node.strings(3)): \(input)") }
            for output in node.strings(2) { #expect(defined.insert(output).inserted, "\(output) twice") }
        }
        #expect(defined.contains("logits"))
    }

    @Test func runtimeAgreesWithTheDefinitionOfTheGraph() throws {
        for names in Self.names {
            let description = Self.graph(names)
            let tensors = RandomTensors(description.graph, seed: 1)
            var generator = SplitMix64(seed: 2)
            let image = (0..<description.inputShape.count).map { _ in generator.nextFloat() }
            let reference = ONNXGraphReference(graph: description.graph, source: tensors)
            let logits = try reference.logits(image).map(Float.init)
            try #require(logits.contains { $0 > 0 })
            try PythonTool.expectAgreement(
                ofONNX: try ONNXExporter.bytes(description, tensors: tensors), images: image,
                shape: description.inputShape, logits: logits)
        }
    }
}
