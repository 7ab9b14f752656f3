import Engine
import Foundations
import ModelFormat

/// What bytes stand for where values are bytes: `scale · (byte − zero)`, a scale and a zero for each channel.
struct Quantization: Sendable {
    /// What a channel's bytes stand for.
    struct Channel: Sendable {
        var scale: Float
        var zero: Int8
    }

    /// The channels of each value that can be looked at.
    private let channels: [String: [Channel]]
    /// What the input's numbers are multiplied by before they are rounded; the file says it, so that the bytes are the same
    /// everywhere.
    private let multipliers: StoredArray<Float>
    private let zeros: StoredArray<Int8>

    /// The scales of a graph's input and, where `retainsValues` is set, of all values that are bytes.
    ///
    /// - Precondition: the graph has passed `validateQuantized`, and the tensors are its.
    /// - Throws: what `tensors` throws, `MemoryError`, `ModelFormatError.limit` for more than `FormatLimits.retainedChannels`.
    init(_ graph: Graph, _ tensors: any TensorSource, retainsValues: Bool) throws {
        multipliers = try tensors.floats("\(graph.input).multiplier")
        zeros = try tensors.bytes("\(graph.input).outputZero")
        guard retainsValues else {
            channels = [:]
            return
        }
        let total = graph.values.reduce(0) { $0 + $1.shape.channels }
        guard total <= FormatLimits.retainedChannels else {
            throw ModelFormatError.limit(
                what: "channels of all values that are looked at", found: total, limit: FormatLimits.retainedChannels)
        }
        try MemoryRoom.require(total * MemoryLayout<Channel>.stride)
        var channels: [String: [Channel]] = [:]
        for value in graph.values where value.name != graph.output {
            channels[value.name] = Array(repeating: Channel(scale: 1, zero: 0), count: value.shape.channels)
        }
        func read(_ name: String, _ zeros: StoredArray<Int8>) throws -> [Channel] {
            let scales = try tensors.floats("\(name).outputScale")
            return scales.indices.map { Channel(scale: scales[$0], zero: zeros[$0]) }
        }
        func read(_ step: Step) throws -> [Channel] {
            try read(step.name, try tensors.bytes("\(step.name).outputZero"))
        }
        channels[graph.input] = try read(graph.input, zeros)
        for step in graph.steps where step.output != graph.output {
            let written: [Channel]
            if case let pooling as Pooling = step.operation, pooling.kind == .maximum {
                written = Array(channels[step.input]![..<step.inputChannels])
            } else if case let convolution as Convolution = step.operation {
                let inOrder = try read(step)
                var shuffled = inOrder
                for (output, channel) in inOrder.enumerated() { shuffled[convolution.channel(of: output)] = channel }
                written = shuffled
            } else {
                written = try read(step)
            }
            channels[step.output]!.replaceSubrange(step.outputOffset..<step.outputOffset + written.count, with: written)
        }
        self.channels = channels
    }

    /// Rounds a channel of the input to bytes.
    ///
    /// - Returns: the first position that holds no number.
    func load(
        _ floats: UnsafePointer<Float>, count: Int, channel: Int, into bytes: UnsafeMutablePointer<Int8>
    ) -> Int? {
        let multiplier = multipliers[channel]
        let zero = Float(zeros[channel])
        let (least, most) = (-128 - zero, 127 - zero)
        var isNumber = true
        for index in 0..<count {
            let x = floats[index] * multiplier
            isNumber = isNumber && x == x
            // Between the bounds, the sum with 1.5 · 2²³ rounds to nearest, ties to even, and its last bits are the integer.
            let bounded = x > least ? (x < most ? x : most) : least
            bytes[index] = Int8(truncatingIfNeeded: (bounded + 0x1.8p23).bitPattern &+ UInt32(bitPattern: Int32(zero)))
        }
        return isNumber ? nil : (0..<count).first { floats[$0] * multiplier != floats[$0] * multiplier }
    }

    /// What the bytes of a value's channel stand for; `false` where the value is not one of bytes.
    func store(
        _ bytes: UnsafePointer<Int8>, count: Int, channel: Int, of value: String,
        into floats: UnsafeMutablePointer<Float>
    ) -> Bool {
        guard let channel = channels[value]?[channel] else { return false }
        for index in 0..<count { floats[index] = channel.scale * Float(Int(bytes[index]) - Int(channel.zero)) }
        return true
    }
}
