/// What an operation needs to check a step: the values that can be read by then, and the words for a broken rule.
public struct StepRules {
    /// The step's name, for messages.
    let step: String
    /// How many leading channels of its input the step can see.
    let inputChannels: Int
    /// The shape of each value that has been declared.
    let shapes: [String: PlaneShape]
    /// How many leading channels of each value have been written.
    let written: [String: Int]

    /// The error for a broken rule of the step.
    func failure(_ expected: String, _ found: String) -> ModelFormatError {
        .step(name: step, expected: expected, found: found)
    }

    /// Throws unless `found` lies in `range`.
    func range(_ what: String, _ found: Int, _ range: ClosedRange<Int>) throws {
        guard range.contains(found) else {
            throw failure("\(what) from \(range.lowerBound) to \(range.upperBound)", "\(found)")
        }
    }

    /// The shape of the value `name`, which holds as many written channels as the step can see.
    func readable(_ name: String) throws -> PlaneShape {
        guard let shape = shapes[name] else { throw failure("a declared value", "\"\(name)\"") }
        guard inputChannels >= 1, inputChannels <= written[name]! else {
            throw failure(
                "1 to \(written[name]!) input channels, as many as \"\(name)\" holds by then", "\(inputChannels)")
        }
        return shape
    }
}
