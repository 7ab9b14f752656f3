import Foundations
import Testing

@testable import ModelFormat

/// What a description must satisfy besides its graph.
@Suite struct ModelDescriptionTests {
    private func expect(
        _ path: String, _ expected: String, _ found: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout ModelDescription) -> Void
    ) {
        var description = TinyModel.description
        change(&description)
        #expect(
            throws: JSONError.member(path: path, expected: expected, found: found),
            sourceLocation: sourceLocation
        ) { try description.validate() }
    }

    @Test func theTinyModelPasses() throws {
        try TinyModel.description.validate()
        #expect(TinyModel.description.inputShape == PlaneShape(channels: 3, height: 8, width: 8))
        #expect(TinyModel.description.classes == 5)
    }

    @Test func optionalPartsMayBeAbsent() throws {
        var description = TinyModel.description
        (description.labels, description.provenance, description.sample) = ([], nil, nil)
        (description.preprocessing.resize, description.preprocessing.crop) = (nil, nil)
        try description.validate()
    }

    @Test func labelsAreAsManyAsClasses() {
        expect("labels", "5 labels, one a class", "6") { $0.labels.append("five") }
    }

    @Test(arguments: ["\u{1B}[31m", "\n", "\u{7F}", "\u{85}", "\0"])
    func textHasNoControlCharacters(text: String) {
        let rule = "text without control characters"
        expect("name", rule, "\"\(text)\"") { $0.name = text }
        expect("labels[4]", rule, "\"\(text)\"") { $0.labels[4] = text }
        expect("provenance.source", rule, "\"\(text)\"") { $0.provenance!.source = text }
        expect("provenance.converter", rule, "\"\(text)\"") { $0.provenance!.converter = text }
    }

    /// What no reader of the file takes is not written either.
    @Test func textHasNoLongRowsOfCombiningCharacters() {
        let text = "a" + String(repeating: "\u{301}", count: 31)
        let found = "more than 30 combining characters in a row"
        expect("name", "text", found) { $0.name = text }
        expect("labels[4]", "text", found) { $0.labels[4] = text }
        expect("provenance.source", "text", found) { $0.provenance!.source = text }
    }

    @Test func textIsShort() throws {
        var description = TinyModel.description
        (description.name, description.labels[4]) = (
            String(repeating: "n", count: 1024), String(repeating: "é", count: 512)
        )
        try description.validate()
        description.labels[4] += "l"
        #expect(throws: ModelFormatError.limit(what: "bytes of labels[4]", found: 1025, limit: 1024)) {
            try description.validate()
        }
    }

    @Test(arguments: [0, -1, 16_385, .max])
    func resizeIsWithinLimits(side: Int) {
        expect("preprocessing.resize", "1 to 16384", "\(side)") { $0.preprocessing.resize = side }
    }

    @Test(arguments: [7, 9, 0, -8])
    func cropGivesTheInput(side: Int) {
        expect("preprocessing.crop", "the input's 8×8", "\(side)") { $0.preprocessing.crop = side }
    }

    @Test func meansAreThreeFiniteNumbers() {
        let rule = "three finite numbers"
        expect("preprocessing.mean", rule, "[0.0, 0.0]") { $0.preprocessing.mean = [0, 0] }
        expect("preprocessing.mean", rule, "[0.0, 0.0, nan]") { $0.preprocessing.mean = [0, 0, .nan] }
        expect("preprocessing.mean", rule, "[inf, 0.0, 0.0]") { $0.preprocessing.mean = [.infinity, 0, 0] }
    }

    @Test(arguments: [0, -1, .nan, .infinity] as [Float])
    func deviationsArePositiveAndFinite(number: Float) {
        expect("preprocessing.std", "three positive finite numbers", "[1.0, \(number), 1.0]") {
            $0.preprocessing.std = [1, number, 1]
        }
    }

    @Test(arguments: ["", "abc", String(repeating: "A", count: 64), String(repeating: "g", count: 64)])
    func theDigestIs64HexDigits(text: String) {
        expect("provenance.sourceSHA256", "64 lower-case hex digits", "\"\(text)\"") {
            $0.provenance!.sourceSHA256 = text
        }
    }

    @Test func answersAreFiniteNumbersOneAClass() {
        expect("sample.logits", "5 numbers, one a class", "4") { $0.sample!.logits.removeLast() }
        expect("sample.logits[2]", "a finite number", "nan") { $0.sample!.logits[2] = .nan }
        expect("sample.logits[0]", "a finite number", "-inf") { $0.sample!.logits[0] = -.infinity }
    }

    @Test(arguments: [0, 1, -0.5, .nan, .infinity] as [Float])
    func theToleranceLiesBetween0And1(number: Float) {
        expect("sample.tolerance", "a number over 0 and below 1", "\(number)") { $0.sample!.tolerance = number }
    }

    /// The converter may compute such answers from finite weights; they end in an error, not in a trap.
    @Test func answersThatJSONCannotHoldAreAnError() {
        var description = TinyModel.description
        description.sample!.logits[1] = .infinity
        #expect(throws: JSONError.member(path: "sample.logits[1]", expected: "a finite number", found: "inf")) {
            try ModelFile.bytes(description, tensors: TinyModel.tensors())
        }
    }

    @Test func theSampleInputIsTheDoubledSequence() throws {
        let sample = SampleAnswers(seed: 5, tolerance: 0.5, logits: [])
        var generator = SplitMix64(seed: 5)
        let expected = (0..<12).map { _ in 2 * generator.nextFloat() }
        #expect(try sample.input(PlaneShape(channels: 3, height: 2, width: 2)).elementsEqual(expected))
    }
}
