import Testing

@testable import CondenseNet

struct PredictionTests {
    private let labels = ["a", "b", "c", "d"]

    private func indices(_ count: Int, _ logits: [Float]) throws -> [Int] {
        try Prediction.top(count, logits: logits, labels: []).map(\.index)
    }

    @Test func likeliestFirst() throws {
        let predictions = try Prediction.top(2, logits: [0, 3, -1, 1], labels: labels)
        #expect(predictions.map(\.label) == ["b", "d"])
        // Of the softmax over all classes, not over those shown: e³ / (e⁰ + e³ + e⁻¹ + e¹).
        #expect((predictions[0].probability - 0.830_952_7).magnitude < 1e-6)
        #expect((predictions[1].probability - 0.112_457_2).magnitude < 1e-6)
    }

    @Test func equalOnesByIndex() throws {
        #expect(try indices(3, [1, 2, 1, 2, 1]) == [1, 3, 0])
        #expect(try indices(4, [0, -0.0, 0, -0.0]) == [0, 1, 2, 3])
    }

    @Test func counts() throws {
        #expect(try indices(10, [1, 2, 3]) == [2, 1, 0])
        #expect(try indices(3, [1, 2, 3]) == [2, 1, 0])
        #expect(try indices(0, [1, 2, 3]) == [])
        #expect(try indices(-1, [1, 2, 3]) == [])
    }

    @Test func withoutLabelsNumbersStandIn() throws {
        #expect(try Prediction.top(1, logits: [0, 1], labels: []).first?.label == "1")
    }

    @Test func largeLogitsDoNotOverflow() throws {
        let predictions = try Prediction.top(
            2, logits: [.greatestFiniteMagnitude, -.greatestFiniteMagnitude], labels: [])
        #expect(predictions.map(\.probability) == [1, 0])
        let equal = try Prediction.top(2, logits: [-3e38, -3e38], labels: [])
        #expect(equal.map(\.probability) == [0.5, 0.5])
    }

    @Test(arguments: [Float.nan, .signalingNaN, .infinity, -.infinity], 0..<3)
    func logitsThatAreNotNumbers(value: Float, index: Int) throws {
        var logits: [Float] = [1, 2, 3]
        logits[index] = value
        do {
            _ = try Prediction.top(2, logits: logits, labels: [])
            Issue.record("expected an error for \(logits)")
        } catch RuntimeError.notFinite(let found, let logit) {
            #expect(found == index && (logit == value || logit.isNaN && value.isNaN))
        }
    }
}
