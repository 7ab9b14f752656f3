import Foundations
import Checkpoint
import ModelFormat
import TestSupport
import Testing

@testable import Condenser

/// Checkpoints of very many layers or problems: the search for them ends, and so do the messages.
struct ManyProblemsTests {
    /// Lone first tensors of a thousand layers, of which each lacks nine others.
    @Test(arguments: [
        "features.denseblock_1.denselayer_#.conv_1._mask", "layer1.#.conv1.weight", "model.#.0.weight",
    ]) func searchEndsAtAHundred(name: String) throws {
        var tensors: [String: SyntheticCheckpoint.Tensor] = [:]
        for number in 0..<1000 {
            let name = name.split(separator: "#").joined(separator: "\(number)")
            tensors[name] = SyntheticCheckpoint.Tensor(shape: [1, 1, 1, 1], values: [1])
        }
        let bytes = try SyntheticCheckpoint.bytes(of: tensors)
        let checkpoint = try Checkpoint.load(bytes: bytes, name: "many.safetensors")
        do {
            _ = try CheckpointLayout.infer(from: checkpoint, options: Architecture.InferenceOptions())
            Issue.record("a checkpoint that lacks tensors was accepted")
        } catch ConversionError.problems(let problems) {
            #expect(problems.count == 100)
        }
    }

    @Test func messagesNameTwentyProblems() {
        let problems = (1...20).map { CheckpointProblem.missing(tensor: "\($0)") }
        #expect(ConversionError.problems(problems).lines == (1...20).map { "\($0): missing" })
        let more = ConversionError.problems(problems + problems)
        #expect(more.lines == (1...20).map { "\($0): missing" } + ["and 20 more"])
        #expect(more.description == more.lines.joined(separator: "\n  "))
    }

    /// The period is the shortest divisor's after which the numbers repeat, as tried one by one.
    @Test(arguments: 1...24) func periodIsTheShortestThatDivides(count: Int) {
        var generator = SplitMix64(seed: UInt64(count))
        for trial in 0..<200 {
            let start = (0..<(1 + trial % count)).map { _ in Int.random(in: 0...1, using: &generator) }
            var numbers = (0..<count).map { start[$0 % start.count] }
            if trial % 3 == 0 { numbers[count - 1] = 2 }
            let expected = (1...count).first { period in
                count.isMultiple(of: period) && numbers.indices.allSatisfy { numbers[$0] == numbers[$0 % period] }
            }
            #expect(MaskSurvey.period(of: numbers) == expected, "\(numbers)")
        }
    }

    /// All rows the same but for the last, and very many divisors: what is kept of such a mask, and of a regular one.
    @Test func surveyKeepsOnePeriod() {
        let outputs = 55_440
        var mask = [Float](repeating: 1, count: outputs)
        func survey() -> MaskSurvey {
            MaskSurvey(layer: "a", mask: mask, inputs: 1, outputs: outputs, stage: nil, count: nil)
        }
        #expect(survey().period == 1 && survey().kept == [1] && survey().firstOutlier(groups: 8) == nil)
        mask[outputs - 1] = 0
        #expect(survey().period == outputs && survey().kept.count == outputs)
        #expect(survey().firstOutlier(groups: 8) == outputs - 1)
    }
}
