import ModelFormat

/// What a network's values are on the calibration images.
struct Calibration {
    /// The images, `[3, H, W]` each.
    let images: [[Float]]
    /// The range of each channel of each value, 0 included.
    private(set) var ranges: [String: [ClosedRange<Double>]] = [:]
    /// The mean over the images of what each step's operation reads, after the pre-activation.
    private(set) var operands: [Planes] = []

    /// Evaluates the network on all images.
    ///
    /// - Parameter progress: told of each image that is done.
    /// - Throws: `ConversionError.linearAlgebra`, and `ConversionError.problems` for numbers beyond single precision.
    init(_ network: GraphEvaluator, _ images: [[Float]], progress: () -> Void) throws {
        self.images = images
        let graph = network.graph
        for value in graph.values {
            ranges[value.name] = Array(repeating: 0...0, count: value.shape.channels)
        }
        let input = graph.value(named: graph.input)!.shape
        var problem: CheckpointProblem?
        for image in images {
            widen(graph.input, 0, Planes(input, image.map(Double.init)))
            try network.evaluate(image) { position, operand, output in
                let step = graph.steps[position]
                if position == operands.count {
                    operands.append(operand)
                } else {
                    operands[position].add(operand)
                }
                widen(step.output, step.outputOffset, output)
                if problem == nil, let place = output.values.firstIndex(where: { !Float($0).isFinite }) {
                    problem = .overflow(
                        tensor: "outputs of \(step.name)", position: place, value: output.values[place],
                        type: "single precision")
                }
            }
            if let problem { throw ConversionError.problems([problem]) }
            progress()
        }
        operands = operands.map { $0.mapped { _, sum in sum / Double(images.count) } }
    }

    /// Widens the ranges of a value's channels from `first` on to what `planes` hold.
    private mutating func widen(_ name: String, _ first: Int, _ planes: Planes) {
        for channel in 0..<planes.shape.channels {
            let range = ranges[name]![first + channel]
            var (least, greatest) = (range.lowerBound, range.upperBound)
            let pixels = planes.shape.pixels
            for value in planes.values[(channel * pixels)..<((channel + 1) * pixels)] {
                least = min(least, value)
                greatest = max(greatest, value)
            }
            ranges[name]![first + channel] = least...greatest
        }
    }

    /// Widens the range of one channel to a number, so that a byte stands for it.
    mutating func widen(_ name: String, channel: Int, to number: Double) {
        guard number.isFinite else { return }
        let range = ranges[name]![channel]
        ranges[name]![channel] = min(range.lowerBound, number)...max(range.upperBound, number)
    }
}

extension Planes {
    /// Adds other planes of the same shape in place.
    fileprivate mutating func add(_ other: Planes) { self = adding(other) }
}
