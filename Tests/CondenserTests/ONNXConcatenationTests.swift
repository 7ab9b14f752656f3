import CondenseNet
import Foundations
import ModelFormat
import TestSupport
import Testing

@testable import Condenser

/// Values of many writers and readers: what they concatenate, and how large the file becomes.
struct ONNXConcatenationTests {
    /// A dense block in which each layer reads everything before it, and then as many readers with ever fewer channels.
    private static func description(layers: Int) -> ModelDescription {
        func convolution(_ name: String, reading channels: Int, to value: String, at offset: Int) -> Step {
            Step(
                name: name, operation: Convolution(outputChannels: 2, kernel: 1),
                input: channels > 0 ? "block" : "image", inputChannels: channels > 0 ? channels : 3, output: value,
                outputOffset: offset)
        }
        func value(_ name: String, _ channels: Int, _ side: Int = 2) -> Value {
            Value(name, PlaneShape(channels: channels, height: side, width: side))
        }
        let grown = (0..<layers).map { convolution("up-\($0)", reading: 2 * $0, to: "block", at: 2 * $0) }
        // Odd numbers, which no writer ends at.
        let back = (0..<layers).map {
            convolution("down-\($0)", reading: 2 * (layers - $0) - 1, to: "back", at: 2 * $0)
        }
        let graph = Graph(
            values: [
                value("image", 3), value("block", 2 * layers), value("back", 2 * layers),
                value("features", 2 * layers, 1), value("logits", 2, 1),
            ],
            steps: grown + back + [
                Step(
                    name: "pool", operation: GlobalAveragePooling(), input: "back",
                    inputChannels: 2 * layers, output: "features"),
                Step(
                    name: "classifier", operation: Linear(outputs: 2), input: "features",
                    inputChannels: 2 * layers, output: "logits"),
            ],
            input: "image", output: "logits")
        return ModelDescription(
            name: "dense", graph: graph,
            preprocessing: Preprocessing(resize: nil, crop: 2, mean: [0, 0, 0], std: [1, 1, 1]))
    }

    @Test func operandsAreAsManyAsPartsAndReaders() throws {
        let layers = 300
        let description = Self.description(layers: layers)
        let bytes = try ONNXExporter.bytes(description, tensors: RandomTensors(description.graph, seed: 1))
        let nodes = try #require(try ONNXMessage(bytes).messages(7).first).messages(1)
        let concatenations = nodes.filter { $0.strings(4) == ["Concat"] }
        // Two for each reader of the block, as many as there are layers for the value that is read as a whole.
        #expect(concatenations.reduce(0) { $0 + $1.strings(1).count } <= 3 * layers)
        #expect(nodes.allSatisfy { $0.strings(1).count <= layers })
    }

    @Test func runtimeAgreesWithTheDefinitionOfTheGraph() throws {
        let description = Self.description(layers: 9)
        let tensors = RandomTensors(description.graph, seed: 3)
        var generator = SplitMix64(seed: 3)
        let image = (0..<description.inputShape.count).map { _ in generator.nextFloat() }
        let logits = try ONNXGraphReference(graph: description.graph, source: tensors).logits(image).map(Float.init)
        try #require(logits.contains { $0 != 0 })
        try PythonTool.expectAgreement(
            ofONNX: try ONNXExporter.bytes(description, tensors: tensors), images: image,
            shape: description.inputShape, logits: logits)
    }

    @Test func fileBeyondTheLimitIsRefused() throws {
        let description = ONNXExampleGraph.description
        let tensors = ONNXExampleGraph.tensors(seed: 1)
        let bytes = try ONNXExporter.bytes(description, tensors: tensors)
        #expect(try ONNXExporter.bytes(description, tensors: tensors, limit: bytes.count) == bytes)
        #expect(
            throws: ModelFormatError.limit(
                what: "bytes of an ONNX file", found: bytes.count, limit: bytes.count - 1)
        ) { try ONNXExporter.bytes(description, tensors: tensors, limit: bytes.count - 1) }
        #expect(throws: ModelFormatError.self) {
            try ONNXExporter.bytes(description, tensors: tensors, limit: 100)
        }
    }
}
