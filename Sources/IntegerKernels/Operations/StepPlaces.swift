import Engine
import ModelFormat

/// Where an operation reads and writes.
struct StepPlaces: Sendable {
    /// The value that is read.
    let input: Place
    /// The value that is written.
    let output: Place
    /// The first plane of `output` that is written.
    let outputOffset: Int

    /// The places of a step.
    init(_ step: Step, _ layout: ArenaLayout) {
        input = layout[step.input]
        output = layout[step.output]
        outputOffset = step.outputOffset
    }

    /// The planes that are read.
    func source(_ share: Share) -> Planes<Int8> { input.planes(share.arena) }

    /// Whether floats are written, as of logits.
    var writesFloats: Bool { output.elementBytes == 4 }

    /// The start of a written plane, counted from the first.
    func destination(_ plane: Int, _ share: Share) -> UnsafeMutableRawPointer {
        output.plane(outputOffset + plane, share.arena)
    }
}
