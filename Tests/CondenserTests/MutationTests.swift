import Checkpoint
import Foundations
import ModelFormat
import Testing

@testable import Condenser

/// Seeded damage to sound checkpoints: whatever it does, conversion either refuses the result or writes a file that
/// loads. A trap would end the test process.
struct MutationTests {
    @Test(arguments: 0..<12) func damagedCheckpointsAreRefusedOrConverted(batch: Int) throws {
        let design = Designs.all[batch % Designs.all.count]
        let sound = try SyntheticCheckpoint(design)
        var refused = 0
        for seed in (100 * batch)..<(100 * batch + 100) {
            var generator = SplitMix64(seed: UInt64(seed))
            var damaged = seed.isMultiple(of: 2) ? sound : sound.converted()
            for _ in 0..<Int.random(in: 1...3, using: &generator) { damaged.mutate(&generator) }
            do {
                try convert(damaged, design)
            } catch is ConversionError {
                refused += 1
            } catch is CheckpointError {
                refused += 1
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
        }
        #expect(refused > 50)
    }

    private func convert(_ synthetic: SyntheticCheckpoint, _ design: NetworkSpecification) throws {
        let checkpoint = try synthetic.load()
        let architecture = try Architecture.infer(from: checkpoint, options: Designs.options(design)).architecture
        let network = try CondensedNetwork(checkpoint, architecture)
        let description = ModelDescription(
            name: architecture.name, graph: network.graph,
            preprocessing: try PreprocessingOptions().resolve(architecture).preprocessing,
            provenance: Provenance(source: "", sourceSHA256: String(repeating: "0", count: 64), converter: ""),
            sample: SampleAnswers(
                seed: 1, tolerance: 1e-5, logits: Array(repeating: 0, count: architecture.classifier.classes)))
        _ = try ModelFile.bytes(description, tensors: network.tensors)
        _ = try CondensationTable(#require(network.architecture)).text()
    }
}

extension SyntheticCheckpoint {
    /// Damages one tensor.
    fileprivate mutating func mutate(_ generator: inout SplitMix64) {
        let name = tensors.keys.sorted().randomElement(using: &generator)!
        let other = tensors.keys.sorted().randomElement(using: &generator)!
        let parts: [Float] = [0, 1, -1, 2, 0.5, 1e38, -1e-38, .nan, .infinity, 3, 1e9, 65_536]
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: tensors[name] = nil
        case 1: tensors[name] = tensors[other]
        case 2: tensors["\(name).more"] = tensors[name]
        case 3: tensors[name]!.shape.reverse()
        case 4: resize(name, &generator)
        case 5: tensors[name]!.isIndex = tensors[name]!.values.allSatisfy { $0.magnitude < 1e9 }
        case 6:
            // Into the numbers that name blocks and layers.
            let digit = Character(String(Int.random(in: 0...9, using: &generator)))
            let position = name.indices.filter { name[$0].isNumber }.randomElement(using: &generator)
            guard let position else { return }
            var renamed = name
            renamed.replaceSubrange(
                position...position, with: String(repeating: digit, count: 1 + Int(digit.asciiValue!) % 3))
            let tensor = tensors.removeValue(forKey: name)
            tensors[renamed] = tensor
        default:
            let value = parts.randomElement(using: &generator)!
            for position in tensors[name]!.values.indices where Int.random(in: 0..<3, using: &generator) == 0 {
                tensors[name]!.values[position] = tensors[name]!.isIndex && !(value.magnitude < 1e9) ? 0 : value
            }
        }
    }

    /// Gives a tensor another size along one dimension, 0 included.
    private mutating func resize(_ name: String, _ generator: inout SplitMix64) {
        guard let dimension = tensors[name]!.shape.indices.randomElement(using: &generator) else { return }
        let size = [0, 1, 2, 3, 5, 7, 16, 48, 97].randomElement(using: &generator)!
        tensors[name]!.shape[dimension] = size
        let count = tensors[name]!.shape.reduce(1, *)
        let values = tensors[name]!.values
        tensors[name]!.values = (0..<count).map { values.isEmpty ? 1 : values[$0 % values.count] }
    }
}
