import Foundations
import Testing

@testable import ModelFormat

/// Files of networks whose values and weights are bytes.
@Suite struct QuantizedFileTests {
    private static var tiny: ForgedModel { ForgedModel(TinyModel.quantized, isQuantized: true) }

    @Test func aFileReadsBackAsItWasWritten() throws {
        let bytes = try TinyModel.quantizedBytes()
        #expect(bytes == Self.tiny.bytes)
        let file = try ModelFile(bytes: bytes)
        #expect(file.isQuantized && !file.isHalfPrecision)
        #expect(file.description == TinyModel.description(of: TinyModel.quantized, isQuantized: true))
        for tensor in TinyModel.tensors(of: TinyModel.quantized, isQuantized: true) {
            switch tensor.elements {
            case .float32(let floats): #expect(try file.floats(tensor.name).elementsEqual(floats))
            case .int32(let indices): #expect(try file.indices(tensor.name).elementsEqual(indices))
            case .int8(let bytes): #expect(try file.bytes(tensor.name).elementsEqual(bytes))
            case .float16: Issue.record("no halves were written")
            }
        }
    }

    @Test func theTensorsOfEachStep() {
        let expected = [
            "image.multiplier [3]", "image.outputScale [3]", "image.outputZero [3]", "stem.weight [4, 3, 3, 3]",
            "stem.pad [3]", "stem.multiplier [4]", "stem.offset [4]", "stem.outputScale [4]", "stem.outputZero [4]",
            "layer.conv_1.index [4]", "layer.conv_1.lower [4]", "layer.conv_1.upper [4]",
            "layer.conv_1.weight [8, 2, 1, 1]", "layer.conv_1.multiplier [8]", "layer.conv_1.offset [8]",
            "layer.conv_1.outputScale [8]", "layer.conv_1.outputZero [8]", "layer.conv_2.weight [4, 4, 3, 3]",
            "layer.conv_2.pad [8]", "layer.conv_2.multiplier [4]", "layer.conv_2.offset [4]",
            "layer.conv_2.outputScale [4]", "layer.conv_2.outputZero [4]", "average.multiplier [8]",
            "average.offset [8]", "average.outputScale [8]", "average.outputZero [8]", "last.index [6]",
            "last.lower [6]", "last.upper [6]", "last.multiplier [6]", "last.offset [6]", "last.outputScale [6]",
            "last.outputZero [6]", "classifier.weight [5, 6]", "classifier.multiplier [5]", "classifier.offset [5]",
        ]
        #expect(TinyModel.quantized.quantizedTensors.map { "\($0.name) \($0.shape)" } == expected)
    }

    /// A float's bits, and how they are printed.
    private static let scales: [(UInt32, String)] = [
        (0, "0.0"), (0x8000_0000, "-0.0"), (0xBF80_0000, "-1.0"), (0x8000_0001, "-1e-45"),
    ]
    private static let infinities: [(UInt32, String)] = [
        (0x7F80_0000, "inf"), (0xFF80_0000, "-inf"), (0x7FC0_0000, "nan"),
    ]

    private static func changed(_ tensor: String, _ position: Int, _ bits: UInt32) -> ForgedModel {
        var forged = tiny
        forged[tensor: tensor].data.replaceSubrange(
            4 * position..<4 * position + 4, with: withUnsafeBytes(of: bits.littleEndian, Array.init))
        return forged
    }

    @Test(
        arguments: ["image.multiplier", "image.outputScale", "layer.conv_2.multiplier", "average.outputScale"], scales)
    func aScaleThatIsNotPositive(tensor: String, number: (bits: UInt32, text: String)) {
        expect(
            .tensor(name: tensor, expected: "numbers over 0", found: "\(number.text) at 2"),
            loading: Self.changed(tensor, 2, number.bits))
    }

    @Test(arguments: ["image.multiplier", "layer.conv_1.offset", "layer.conv_2.outputScale"], infinities)
    func aNumberThatIsNotFinite(tensor: String, number: (bits: UInt32, text: String)) {
        expect(
            .tensor(name: tensor, expected: "finite numbers", found: "\(number.text) at 1"),
            loading: Self.changed(tensor, 1, number.bits))
    }

    @Test func bytesThatKernelsMayNotMeet() {
        var forged = Self.tiny
        forged[tensor: "stem.weight"].data[7] = 0x80
        expect(
            .tensor(name: "stem.weight", expected: "weights from -127 to 127", found: "-128 at 7"), loading: forged)
        forged = Self.tiny
        forged[tensor: "layer.conv_1.upper"].data[3] = 5
        forged[tensor: "layer.conv_1.lower"].data[3] = 6
        expect(
            .tensor(name: "layer.conv_1.lower", expected: "at most the upper bound 5", found: "6 at 3"),
            loading: forged)
        forged = Self.tiny
        forged[tensor: "layer.conv_1.outputZero"].data[1] = 0x81
        expect(
            .tensor(name: "layer.conv_1.outputZero", expected: "-128 after relu", found: "-127 at 1"),
            loading: forged)
    }

    @Test func elementsOfAnotherType() {
        var forged = Self.tiny
        forged.metadata.remove("precision")
        expect(
            .tensor(name: "stem.weight", expected: "element type F32 or F16", found: "I8"), loading: forged)
        forged = ForgedModel(TinyModel.quantized)
        forged.metadata["precision"] = "int8"
        expect(.tensor(name: "image.multiplier", expected: "a tensor of shape [3]", found: "none"), loading: forged)
    }

    @Test(arguments: ["f32", "f16", "int4", ""]) func aPrecisionThatNoFileSays(word: String) {
        var forged = Self.tiny
        forged.metadata["precision"] = .string(word)
        expect(.member(path: "metadata.precision", expected: "int8", found: "\"\(word)\""), loading: forged)
    }

    private func refusal(of graph: Graph) -> String {
        do {
            try TinyModel.description(of: graph, isQuantized: true).validate()
            return "none"
        } catch { return "\(error)" }
    }

    @Test func operationsThatBytesDoNotCompute() {
        #expect(
            refusal(of: TinyModel.graph)
                == "step shortcut: expected an operation that can be computed in int8, found addition")
        #expect(
            refusal(of: TinyModel.reactivated)
                == "step se: expected an operation that can be computed in int8, found squeezeExcite")
        var graph = TinyModel.quantized
        graph.steps[graph.steps.count - 1].operation = Linear(outputs: 5, activation: .relu)
        #expect(
            refusal(of: graph)
                == "step classifier: expected logits of a convolution or linear layer without activation in int8, found linear"
        )
        graph = TinyModel.quantized
        graph.steps[0].operation = Convolution(outputChannels: 4, kernel: 3, padding: 1, activation: .hardSwish)
        #expect(refusal(of: graph) == "step stem: expected no activation but relu in int8, found hardSwish")
        graph = TinyModel.quantized
        graph.steps[0].name = "image"
        #expect(
            refusal(of: graph)
                == "step image: expected a name other than the input value's in int8, found \"image\"")
    }

    @Test func sumsThatLeave32Bits() {
        func graph(side: Int) -> Graph {
            Graph(
                values: [
                    Value("image", PlaneShape(channels: 3, height: side, width: 1)),
                    Value("logits", PlaneShape(channels: 5, height: 1, width: 1)),
                ],
                steps: [
                    Step(
                        name: "classifier", operation: Linear(outputs: 5), input: "image", inputChannels: 3,
                        output: "logits")
                ], input: "image", output: "logits")
        }
        // The side is limited; as many terms as it allows fit.
        #expect(throws: Never.self) { try graph(side: 16_384).validateQuantized() }
        #expect(Int64(QuantizedOperation.mostTerms) * 128 * 127 <= Int64(Int32.max))
        var wide = graph(side: 16_384)
        wide.values[0].shape.width = 3
        wide.values[0].shape.height = 14_679
        #expect(throws: ModelFormatError.self) { try wide.validateQuantized() }
    }
}
