import Foundations
import ModelFormat
import TestSupport
import Testing

@testable import CondenseNet

/// Files of networks of bytes, damaged under a right checksum: refused, or computed alike by all kernels.
@Suite("Damaged networks of bytes") struct QuantizedMutationTests {
    /// A file of random weights.
    static func file() throws -> [UInt8] {
        let graph = TestNetwork.condenseNet(size: 6, layers: [1, 1], growth: [4, 4])
        let tensors = RandomTensors(graph, isQuantized: true, seed: 5)
        let description = ModelDescription(
            name: "test", graph: graph, isQuantized: true,
            preprocessing: Preprocessing(resize: nil, crop: nil, mean: [0, 0, 0], std: [1, 1, 1]),
            provenance: Provenance(
                source: "test", sourceSHA256: String(repeating: "0", count: 64), converter: "test"),
            sample: SampleAnswers(seed: 1, tolerance: 1e-6, logits: [Float](repeating: 1, count: 10)))
        return try ModelFile.bytes(
            description,
            tensors: graph.quantizedTensors.map { tensor in
                let elements: TensorData.Elements
                switch tensor.elements {
                case .bytes: elements = .int8(Array(try tensors.bytes(tensor.name)))
                case .indices: elements = .int32(Array(try tensors.indices(tensor.name)))
                default: elements = .float32(Array(try tensors.floats(tensor.name)))
                }
                return TensorData(name: tensor.name, shape: tensor.shape, elements: elements)
            })
    }

    private static func sealed(_ file: [UInt8]) -> [UInt8] {
        var file = file
        file.replaceSubrange(34..<42, with: "00000000".utf8)
        let digits = String(crc32(file), radix: 16)
        file.replaceSubrange(34..<42, with: (String(repeating: "0", count: 8 - digits.count) + digits).utf8)
        return file
    }

    @Test("whatever loads, all kernels compute alike") func mutations() throws {
        let file = try Self.file()
        let input = try TestNetwork.input(try ModelFile(bytes: file).description.graph)
        let start = 8 + file[0..<8].enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
        var random = SplitMix64(seed: 2018)
        var (loaded, refused) = (0, 0)
        for trial in 0..<(Emulation.isOn ? 40 : 300) {
            var damaged = file
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                damaged[Int.random(in: start..<file.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                let model = Model(try ModelFile(bytes: Self.sealed(damaged)))
                loaded += 1
                let expected = try Session(plan: ExecutionPlan(model, options: .init(referenceKernels: true))).logits(
                    input)
                for instructionSet in KernelSets.usable(in: .int8) {
                    let plan = try ExecutionPlan(model, options: .init(instructionSet: instructionSet))
                    let found = try Session(plan: plan).logits(input)
                    #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), "trial \(trial), \(instructionSet)")
                }
            } catch is ModelFormatError { refused += 1 }
        }
        #expect(loaded > 5 && refused > 2, "\(loaded) loaded, \(refused) refused")
    }
}
