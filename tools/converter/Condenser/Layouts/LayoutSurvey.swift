import Checkpoint
import ModelFormat

/// Walks the layers of a network of plain convolutions in order, each one's inputs following from those before.
struct LayoutSurvey {
    var inspector: TensorInspector
    let options: Architecture.InferenceOptions

    /// - Parameter family: what the network is called, for messages.
    /// - Throws: `ConversionError.option` for options that no such network has.
    init(_ checkpoint: Checkpoint, _ options: Architecture.InferenceOptions, family: String) throws {
        if options.allowUnpruned {
            throw ConversionError.option("--allow-unpruned: a \(family) has no learned groups")
        }
        if options.pooling == .window || options.stemStride != nil {
            let option = options.stemStride == nil ? "--pooling window" : "--stem-stride"
            throw ConversionError.option("\(option): a \(family) has no such choice")
        }
        if let size = options.inputSize, !(1...FormatLimits.side).contains(size) {
            throw ConversionError.option("--input-size: expected 1 to \(FormatLimits.side), found \(size)")
        }
        inspector = TensorInspector(checkpoint)
        self.options = options
    }

    /// Any size will do where the planes' means are taken: what the user says, or ImageNet's.
    var inputSize: Int { options.inputSize ?? options.dataset?.inputSize ?? 224 }

    /// Whether there is a tensor of this name.
    func has(_ name: String) -> Bool { inspector.checkpoint[name] != nil }

    /// The outputs of a convolution whose weights have `shape`.
    mutating func convolution(_ name: String, _ shape: [Int?], norm: String? = nil) throws -> Int? {
        let outputs = try inspector.shape("\(name).weight", shape)?[0]
        if let norm { try inspector.batchNorm(norm, channels: outputs) }
        return outputs
    }

    /// The outputs of a linear layer.
    mutating func linear(_ name: String, inputs: Int?) throws -> Int? {
        let outputs = try inspector.shape("\(name).weight", [nil, inputs])?[0]
        try inspector.shape("\(name).bias", [outputs])
        return outputs
    }

    /// - Throws: `ConversionError.problems` where there are any, tensors that were never asked for among them.
    mutating func finish() throws {
        inspector.reportUnexpected()
        try check()
    }

    /// - Throws: `ConversionError.problems` where there are any.
    func check() throws {
        guard inspector.problems.isEmpty else { throw ConversionError.problems(inspector.problems) }
    }
}
