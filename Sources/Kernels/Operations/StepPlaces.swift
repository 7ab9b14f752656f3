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

    /// The places of a step, or of several that run as one: the first's input and the last's output.
    init(_ first: Step, last: Step? = nil, _ layout: ArenaLayout) {
        input = layout[first.input]
        output = layout[(last ?? first).output]
        outputOffset = (last ?? first).outputOffset
    }

    /// The planes that are read.
    func source(_ share: Share) -> Planes<Number> { input.planes(share.arena) }

    /// The planes that are written, from the first on.
    func destination(_ share: Share) -> Planes<Number> {
        let planes: Planes<Number> = output.planes(share.arena)
        return Planes(base: planes[outputOffset], stride: planes.stride)
    }
}
