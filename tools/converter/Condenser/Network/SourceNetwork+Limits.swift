import ModelFormat

extension Architecture {
    /// Refuses a network that a model file could not hold, or whose evaluation would exhaust time or memory, before anything
    /// is computed from its numbers.
    ///
    /// - Throws: `ConversionError.problems`.
    func checkLimits(fileBytes: Int? = nil) throws {
        var problems: [CheckpointProblem] = []
        func check(_ what: String, _ found: Int) {
            guard found > FormatLimits.channels else { return }
            problems.append(.limit(what: what, found: found, limit: FormatLimits.channels))
        }
        for stage in stages { check("channels of features.denseblock_\(stage.number)", stage.blockChannels) }
        for layer in pointwise { check("gathered channels of \(layer.name)", layer.operandChannels) }
        guard problems.isEmpty else { throw ConversionError.problems(problems) }
        try SourceNetwork(self).checkLimits(fileBytes: fileBytes)
    }
}

extension SourceNetwork {
    /// Bytes that the evaluation of one layer may take at most: three times those of VGG-16.
    static let evaluationBytes = 1 << 30
    /// What the evaluation of one image may cost at most, in multiply-accumulates: a tenth more than VGG-19 and its
    /// patches, the most of the networks that are converted.
    static let evaluationWork = 6 << 32
    /// What one element of a patch, or of a layer's output, costs in multiply-accumulates: it is written once, without
    /// vectors.
    static let elementWork = 24.0

    /// What a file of so many bytes may ask for: little beyond what its weights explain.
    private static func allowance(_ fileBytes: Int?, base: Int, perByte: Int, most: Int) -> Int {
        guard let fileBytes, fileBytes < most / perByte else { return most }
        return min(most, base + perByte * fileBytes)
    }

    /// Refuses a network whose evaluation would exhaust time or memory, before anything is computed from its numbers.
    ///
    /// Counted is what the evaluator does: products, patches and planes, with every weight that training has. A file that
    /// is small may cost less than one that is large.
    ///
    /// - Parameter fileBytes: bytes of the checkpoint; `nil` for a design.
    /// - Throws: `ConversionError.problems`, `ConversionError.option` for an input that is too small for the windows.
    func checkLimits(fileBytes: Int? = nil) throws {
        var problems: [CheckpointProblem] = []
        let costs = try zip(layers, shapes()).map { ($0.name, $0.cost($1)) }
        let work = costs.reduce(0) { $0 + $1.1.work }
        let workLimit = Self.allowance(fileBytes, base: 3 << 30, perByte: 4096, most: Self.evaluationWork)
        let bytesLimit = Self.allowance(fileBytes, base: 192 << 20, perByte: 64, most: Self.evaluationBytes)
        if work > Double(workLimit) {
            problems.append(
                .limit(
                    what: "multiply-accumulates at \(inputSize)×\(inputSize)", found: Int(min(work, 1e18)),
                    limit: workLimit))
        }
        for (name, cost) in costs where cost.bytes > Double(bytesLimit) {
            problems.append(
                .limit(what: "bytes to evaluate \(name)", found: Int(min(cost.bytes, 1e18)), limit: bytesLimit))
        }
        guard problems.isEmpty else { throw ConversionError.problems(problems) }
    }

    /// What the evaluation of one image costs, in multiply-accumulates.
    ///
    /// - Throws: `ConversionError.option` for an input that is too small for the windows.
    func evaluationCost() throws -> Double { try zip(layers, shapes()).reduce(0) { $0 + $1.0.cost($1.1).work } }
}

extension SourceLayer {
    /// What the evaluator does for the layer: work in multiply-accumulates, and the memory that it takes meanwhile. In
    /// floating point, where no product can overflow.
    fileprivate func cost(_ shapes: SourceShapes) -> (work: Double, bytes: Double) {
        let (input, output) = (Double(shapes.input.count), Double(shapes.output.count))
        var products = 0.0
        var patches = 0.0
        var allPatches = 0.0
        switch operation {
        case .convolution(let convolution):
            // Learned convolutions are evaluated in one group, masked.
            let groups = convolution.kind == .learned ? 1 : convolution.groups
            let share = Double(convolution.gathered ?? shapes.input.channels) / Double(groups)
            let taps = share * Double(convolution.kernel * convolution.kernel)
            products = taps * output
            if convolution.kernel > 1 || convolution.stride > 1 {
                patches = taps * Double(shapes.output.pixels)
                allPatches = patches * Double(groups)
            }
        case .linear: products = input * output
        case .pooling(let pooling):
            let window = Double(pooling.window ?? shapes.input.height)
            products = output * window * window
        case .addition: products = output
        case .squeezeExcite(let layer): products = 2 * Double(layer.hidden) * Double(shapes.input.channels)
        case .accumulation(let layer):
            // A condensed one computes its sums, and multiplies them by the matrix of their places.
            let sums = layer.kind == .condensed ? Double(layer.sums) * Double(shapes.output.pixels) : 0
            products = Double(layer.inputs) * (output + sums) + sums * Double(shapes.output.channels)
            patches = sums
            allPatches = sums
        }
        return (
            products + SourceNetwork.elementWork * (allPatches + input + output),
            8 * (patches + 2 * input + 2 * output)
        )
    }
}
