import Foundations

/// The square window of a convolution or pooling, moved over planes.
struct SlidingWindow {
    let kernel: Int
    let stride: Int
    let padding: Int

    /// The planes of the results: a window for each.
    func outputShape(of operand: PlaneShape, channels: Int) -> PlaneShape {
        PlaneShape(channels: channels, height: positions(operand.height), width: positions(operand.width))
    }

    private func positions(_ side: Int) -> Int { (side + 2 * padding - kernel) / stride + 1 }

    /// Every window overlaps the operand.
    func check(_ operand: PlaneShape, _ rules: StepRules) throws {
        try rules.range("kernel", kernel, 1...FormatLimits.window)
        try rules.range("stride", stride, 1...FormatLimits.window)
        try rules.range("padding", padding, 0...(kernel - 1))
        guard min(operand.height, operand.width) + 2 * padding >= kernel else {
            throw rules.failure("an input of at least \(kernel)×\(kernel) with its padding", "\(operand)")
        }
    }

    /// The members of a step's JSON.
    var members: [JSONValue.Member] {
        [
            .init("kernel", .integer(kernel)), .init("stride", .integer(stride)), .init("padding", .integer(padding)),
        ]
    }
}

extension SlidingWindow {
    init(reading members: inout JSONMembers) throws {
        kernel = try members.integer("kernel")
        stride = try members.integer("stride")
        padding = try members.integer("padding")
    }
}
