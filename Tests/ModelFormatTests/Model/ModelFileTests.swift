import Foundations
import TestSupport
import Testing

@testable import ModelFormat

@Suite struct ModelFileTests {
    @Test func theWriterAndTheForgeAgreeByteForByte() throws {
        #expect(try TinyModel.bytes() == ForgedModel().bytes)
    }

    @Test func theSameContentGivesTheSameBytes() throws {
        let first = try TinyModel.bytes()
        for _ in 0..<20 { #expect(try TinyModel.bytes() == first) }
    }

    @Test func tensorsThatTheFileDoesNotHold() throws {
        let file = try ModelFile(bytes: try TinyModel.bytes())
        let index = try #require(TinyModel.tensors().first { if case .int32 = $0.elements { true } else { false } })
            .name
        let missing = ModelFormatError.tensor(name: "none", expected: "a tensor of F32 or F16", found: "none")
        #expect(throws: missing) { _ = try file.floats("none") }
        let integers = ModelFormatError.tensor(name: index, expected: "a tensor of F32 or F16", found: "I32")
        #expect(throws: integers) { _ = try file.floats(index) }
        #expect(throws: ModelFormatError.self) { _ = try file.indices("none") }
        #expect(throws: ModelFormatError.self) { _ = try file.bytes(index) }
    }

    @Test func aFileReadsBackAsItWasWritten() throws {
        let bytes = try TinyModel.bytes()
        let file = try ModelFile(bytes: bytes)
        #expect(file.description == TinyModel.description)
        #expect(file.byteCount == bytes.count)
        for tensor in TinyModel.tensors() {
            switch tensor.elements {
            case .float32(let floats): #expect(try file.floats(tensor.name).elementsEqual(floats))
            case .int32(let indices): #expect(try file.indices(tensor.name).elementsEqual(indices))
            case .float16, .int8: Issue.record("neither halves nor bytes were written")
            }
        }
    }

    @Test func halvesAreWidenedExactlyAndFollowWiderTensors() throws {
        let tensors = TinyModel.tensors(halves: [.weight])
        let bytes = try ModelFile.bytes(TinyModel.description, tensors: tensors)
        let file = try ModelFile(bytes: bytes)
        for tensor in tensors {
            if case .float16(let halves) = tensor.elements {
                #expect(try file.floats(tensor.name).elementsEqual(halves.map(Half.widen)))
            }
            if case .float32(let floats) = tensor.elements {
                #expect(try file.floats(tensor.name).elementsEqual(floats))
            }
        }
        let entries = try bytes.withUnsafeBytes { try SafetensorsHeader($0).tensors }
        let sizes = entries.map(\.elementType.size)
        #expect(sizes == sizes.sorted(by: >))
    }

    @Test func multiplyAccumulatesAreThoseOfConvolutionsAndLinearLayers() throws {
        let expected = 4 * 27 * 64 + 8 * 2 * 64 + 4 * 4 * 9 * 64 + 5 * 6
        #expect(try ModelFile(bytes: try TinyModel.bytes()).multiplyAccumulates == expected)
        #expect(try TinyModel.graph.validate() == expected)
        let shapes = TinyModel.graph.steps.map(TinyModel.graph.shapes(of:))
        #expect(shapes.reduce(0) { $0 + $1.multiplyAccumulates } == expected)
    }

    @Test func theChecksumIsTheFilesCRC32WithZerosForItsDigits() throws {
        var bytes = try TinyModel.bytes()
        let stored = String(decoding: bytes[34..<42], as: UTF8.self)
        #expect(try ModelFile(bytes: bytes).checksum == stored)
        bytes.replaceSubrange(34..<42, with: "00000000".utf8)
        #expect(UInt32(stored, radix: 16) == PlainCRC32.of(bytes))
        #expect(PlainCRC32.of("123456789".utf8) == 0xCBF4_3926)
    }

    @Test func dataBeginOnA64ByteBoundaryAndTensorsLeaveNoHoles() throws {
        let bytes = try TinyModel.bytes()
        let entries = try bytes.withUnsafeBytes { try SafetensorsHeader($0).tensors }
        #expect(entries[0].offset % 64 == 0)
        for (before, after) in zip(entries, entries.dropFirst()) { #expect(before.range.upperBound == after.offset) }
        #expect(entries.last?.range.upperBound == bytes.count)
    }

    @Test func aModelIsReadFromAPath() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(try TinyModel.bytes(), to: "tiny.safetensors")
        #expect(try ModelFile(path: path).description == TinyModel.description)
    }

    @Test func theWriterRefusesWhatTheReaderWould() throws {
        var description = TinyModel.description
        description.labels.removeLast()
        #expect(throws: JSONError.member(path: "labels", expected: "5 labels, one a class", found: "4")) {
            try ModelFile.bytes(description, tensors: TinyModel.tensors())
        }
        #expect(
            throws: ModelFormatError.tensor(
                name: "stem.weight", expected: "a tensor of shape [4, 3, 3, 3]", found: "none")
        ) {
            try ModelFile.bytes(TinyModel.description, tensors: Array(TinyModel.tensors().dropFirst()))
        }
        var tensors = TinyModel.tensors()
        tensors[0] = TensorData(name: tensors[0].name, shape: [4, 3, 3, 2], elements: tensors[0].elements)
        #expect(throws: ModelFormatError.tensor(name: "stem.weight", expected: "data up to offset 288", found: "432")) {
            try ModelFile.bytes(TinyModel.description, tensors: tensors)
        }
    }

    /// The format, written out: two linear outputs over one pixel, every byte as documented.
    @Test func goldenBytes() throws {
        let description = ModelDescription(
            name: "Golden",
            graph: Graph(
                values: [
                    Value("image", PlaneShape(channels: 3, height: 1, width: 1)),
                    Value("logits", PlaneShape(channels: 2, height: 1, width: 1)),
                ],
                steps: [
                    Step(
                        name: "classifier", operation: Linear(outputs: 2), input: "image", inputChannels: 3,
                        output: "logits", source: SourceCost(parameters: 8, paperFLOPs: 8))
                ],
                input: "image", output: "logits"),
            preprocessing: Preprocessing(resize: nil, crop: 1, mean: [0, 0, 0], std: [1, 0.5, 0.25]),
            labels: ["a", "b"],
            provenance: Provenance(
                source: "golden.pth.tar", sourceSHA256: String(repeating: "0", count: 64), converter: "by hand"),
            sample: SampleAnswers(seed: 1, tolerance: 0.5, logits: [1, -2.5]))
        let bytes = try ModelFile.bytes(
            description,
            tensors: [
                TensorData(name: "classifier.weight", shape: [2, 3], elements: .float32([1, -1, 0.5, 0, 2, 3])),
                TensorData(name: "classifier.bias", shape: [2], elements: .float16([0x3C00, 0xC000])),
            ])
        let header = #"""
            {"__metadata__":{"crc32":"CRC","format":"condensenet","version":"2","name":"Golden",\#
            "preprocessing":"{\"resize\":null,\"crop\":1,\"mean\":[0.0,0.0,0.0],\"std\":[1.0,0.5,0.25],\"colorOrder\":\"RGB\"}",\#
            "labels":"[\"a\",\"b\"]",\#
            "graph":"{\"input\":\"image\",\"output\":\"logits\",\#
            \"values\":[{\"name\":\"image\",\"shape\":[3,1,1]},{\"name\":\"logits\",\"shape\":[2,1,1]}],\#
            \"steps\":[{\"name\":\"classifier\",\"operation\":\"linear\",\"input\":\"image\",\"inputChannels\":3,\#
            \"output\":\"logits\",\"outputs\":2,\"parameters\":8,\"paperFLOPs\":8}]}",\#
            "provenance":"{\"source\":\"golden.pth.tar\",\#
            \"sourceSHA256\":\"0000000000000000000000000000000000000000000000000000000000000000\",\#
            \"converter\":\"by hand\"}",\#
            "sample":"{\"seed\":\"1\",\"tolerance\":0.5,\"logits\":[1.0,-2.5]}"},\#
            "classifier.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},\#
            "classifier.bias":{"dtype":"F16","shape":[2],"data_offsets":[24,28]}}
            """#
        let data: [UInt8] = [
            0, 0, 0x80, 0x3F, 0, 0, 0x80, 0xBF, 0, 0, 0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40,
            0, 0x3C, 0, 0xC0,
        ]
        let padded = header.replacing("CRC", with: "045f897a") + String(repeating: " ", count: 34)
        #expect(bytes == [0xB8, 0x03, 0, 0, 0, 0, 0, 0] + Array(padded.utf8) + data)
    }
}
