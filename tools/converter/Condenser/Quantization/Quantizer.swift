import CondenseNet
import Foundations
import ModelFormat

/// Makes a network of bytes of one of floats, step by step.
///
/// Every channel of every value has a scale of its own, by its range on the calibration images: whoever reads a channel
/// absorbs the scale into its weights, before these are rounded. A batch norm and ReLU before a convolution leave a bound of
/// the byte; the norm's factor goes into the weights too. Each output has a scale of weights by its largest. An offset is
/// what makes the mean of its output over the calibration images the float network's, given the bytes that the steps before
/// have computed: it holds biases, shifts and zeros, and what rounding has moved the mean by.
struct Quantizer {
    private let network: GraphEvaluator
    private let calibration: Calibration
    private var scales: [String: [ByteScale]] = [:]

    /// How much wider than seen the range of a channel is whose planes have one pixel.
    private static let marginOfMeans = 1.5

    private var graph: Graph { network.graph }

    /// The scales of the graph's input.
    var input: [ByteScale] { scales[graph.input]! }

    /// Chooses all scales.
    init(_ network: GraphEvaluator, _ calibration: Calibration) {
        self.network = network
        var calibration = calibration
        for step in network.graph.steps {
            for (channel, number) in Self.padding(of: step, network) {
                calibration.widen(step.input, channel: channel, to: number)
            }
        }
        // Maxima are bytes of the input, which has to reach as far.
        for step in network.graph.steps.reversed() where step.isMaximum {
            for channel in 0..<step.inputChannels {
                let range = calibration.ranges[step.output]![step.outputOffset + channel]
                calibration.widen(step.input, channel: channel, to: range.lowerBound)
                calibration.widen(step.input, channel: channel, to: range.upperBound)
            }
        }
        self.calibration = calibration
        for value in network.graph.values {
            // Of a plane of one pixel, such as a mean, every image shows one number alone: others will be beyond.
            let margin = value.shape.pixels == 1 ? Self.marginOfMeans : 1
            scales[value.name] = ByteScale.all(
                calibration.ranges[value.name]!.map { margin * $0.lowerBound...margin * $0.upperBound })
        }
        for step in network.graph.steps where step.isMaximum {
            let written = step.outputOffset..<(step.outputOffset + step.inputChannels)
            scales[step.output]!.replaceSubrange(written, with: scales[step.input]!.prefix(step.inputChannels))
        }
    }

    /// The padding of a convolution is 0 after the pre-activation: for each channel that it reads, the number that becomes 0,
    /// for which a byte has to stand.
    private static func padding(of step: Step, _ network: GraphEvaluator) -> [(channel: Int, number: Double)] {
        guard step.isPadded, let scale = network.numbers(step, .scale), let shift = network.numbers(step, .shift)
        else { return [] }
        return network.operandChannels(step).enumerated().compactMap { operand, channel in
            scale[operand] == 0 ? nil : (channel, -shift[operand] / scale[operand])
        }
    }

    /// Refuses a padding that no byte stands for: of a channel that ends in ReLU, -128 is 0 and nothing is below.
    ///
    /// - Throws: `ConversionError.option`, and what `tensors` throws.
    static func checkPadding(_ graph: Graph, _ tensors: some TensorSource) throws {
        for step in graph.steps where step.isPadded && step.operation.preActivation.normalize {
            // Few networks have such a step: the tensors are read for it alone.
            guard (0..<step.inputChannels).contains(where: { graph.isRectified(step.input, $0) }) else { continue }
            for (channel, number) in padding(of: step, try GraphEvaluator(graph, tensors)) where number < 0 {
                guard graph.isRectified(step.input, channel) else { continue }
                throw ConversionError.option(
                    "int8: the padding of step \(step.name.excerpt) is a number below 0 to its norm, "
                        + "which bytes after a ReLU do not hold: computed in float32 or half precision alone")
            }
        }
    }

    /// All steps, in order.
    ///
    /// - Parameter progress: told of each step that is done.
    /// - Throws: `ConversionError.linearAlgebra`; `ConversionError.problems` for offsets beyond single precision.
    func steps(progress: () -> Void) throws -> [IntegerStep] {
        let input = graph.value(named: graph.input)!.shape
        var images = calibration.images.map { image in
            ByteValues(graph.input, Planes(input, image.map(Double.init)).bytes(scales[graph.input]!))
        }
        var steps: [IntegerStep] = []
        for (position, step) in graph.steps.enumerated() {
            var integer = try unshifted(step)
            var sums: [[Int32]] = []
            for image in images {
                sums.append(try integer.sums(image.gathered(integer.channels, of: step.input)).values.map { Int32($0) })
            }
            let shape = graph.shapes(of: step).output
            if !step.isMaximum { try integer.setOffsets(wanted: try means(position), sums, pixels: shape.pixels) }
            for image in images.indices {
                let output = integer.rescaled(Planes(shape, sums[image].map(Double.init)))
                if !integer.isLast { images[image].write(output, to: step.output) }
                for name in step.inputs where graph.steps[(position + 1)...].allSatisfy({ !$0.inputs.contains(name) }) {
                    images[image].remove(name)
                }
            }
            steps.append(integer)
            progress()
        }
        return steps
    }

    /// The mean of each of a step's outputs in floats, before the activation, in the weights' order.
    private func means(_ position: Int) throws -> [Double] {
        try network.linear(graph.steps[position], calibration.operands[position]).means.values
    }
}

extension Quantizer {
    /// What a channel's bytes are to the operation that reads them.
    private struct Operand {
        /// How much a step of the byte is after the pre-activation.
        var gain: Double
        var lower: Int8
        var upper: Int8
        var pad: Int8
    }

    private func operands(_ step: Step, _ channels: [Int]) -> [Operand] {
        let before = step.operation.preActivation
        let scale = network.numbers(step, .scale)
        let shift = network.numbers(step, .shift)
        return channels.enumerated().map { operand, channel in
            let bytes = scales[step.input]![channel]
            let (factor, term) = (scale?[operand] ?? 1, shift?[operand] ?? 0)
            guard factor != 0 else {
                // A constant, whatever is read, is in the offset. Where 0 surrounds it, -128 stands for that and 127 for it.
                let constant = before.activation == .relu ? max(term, 0) : term
                return Operand(gain: step.isPadded ? constant / 255 : 0, lower: 127, upper: 127, pad: -128)
            }
            let gain = factor * Double(bytes.scale)
            let zero = Int8(rounding: Double(bytes.zero) - term / gain)
            var operand = Operand(gain: gain, lower: -128, upper: 127, pad: zero)
            if before.activation == .relu {
                if gain > 0 { operand.lower = zero } else { operand.upper = zero }
                // Always 0, whatever is read: a weight would take precision from the others.
                if operand.lower == operand.upper { operand.gain = 0 }
            }
            return operand
        }
    }

    /// A step with all but its offsets.
    private func unshifted(_ step: Step) throws -> IntegerStep {
        let channels = network.operandChannels(step)
        let operands = operands(step, channels)
        let shapes = graph.shapes(of: step)
        let isLast = step.output == graph.output
        var weights: [Int8] = []
        // What one of a sum is of each output.
        var units: [Double] = []
        if let floats = network.numbers(step, .weight) {
            let outputs = shapes.output.channels
            let share = floats.count / outputs
            let convolution = step.operation as? Convolution
            // Elements of the weights that read one operand channel.
            let window = convolution.map { $0.kernel * $0.kernel } ?? shapes.input.pixels
            let outputsPerGroup = outputs / (convolution?.groups ?? 1)
            for output in 0..<outputs {
                let first = output / outputsPerGroup * (share / window)
                let absorbed = (0..<share).map { floats[output * share + $0] * operands[first + $0 / window].gain }
                let largest = absorbed.reduce(0) { max($0, $1.magnitude) }
                let unit = largest / 127
                units.append(unit)
                weights += absorbed.map { unit.isNormal ? Int8(rounding: $0 / unit) : 0 }
            }
        } else if let terms = step.operation.pooledElements(of: shapes.input) {
            units = operands.map { $0.gain / Double(terms) }
        }
        let convolution = step.operation as? Convolution
        let written = scales[step.output]!
        let outputs = units.indices.map { output in
            written[step.outputOffset + (convolution?.channel(of: output) ?? output)]
        }
        let hasBounds = step.operation.preActivation.bounds
        var integer = IntegerStep(
            step: step, channels: channels, lower: hasBounds ? operands.map(\.lower) : [],
            upper: hasBounds ? operands.map(\.upper) : [],
            pad: step.isPadded ? operands.map(\.pad) : [], weights: weights,
            multiplier: units.indices.map { Float(units[$0] / (isLast ? 1 : Double(outputs[$0].scale))) },
            offset: [], outputs: isLast ? [] : outputs, isLast: isLast)
        integer.dropVanishing()
        return integer
    }
}

extension IntegerStep {
    /// Outputs whose sums are too small to count in single precision get no weights: their offset is all they have.
    fileprivate mutating func dropVanishing() {
        guard !weights.isEmpty else { return }
        let share = weights.count / multiplier.count
        for output in multiplier.indices where multiplier[output] < .leastNormalMagnitude {
            multiplier[output] = 1
            weights.replaceSubrange(
                (output * share)..<((output + 1) * share), with: repeatElement(0, count: share))
        }
    }

    /// Sets each offset so that the output's mean is the wanted one.
    ///
    /// - Parameters:
    ///   - wanted: the outputs' means in floats, in the weights' order.
    ///   - sums: each image's.
    ///   - pixels: of an output plane.
    /// - Throws: `ConversionError.problems` for an offset beyond single precision.
    fileprivate mutating func setOffsets(wanted: [Double], _ sums: [[Int32]], pixels: Int) throws {
        offset = try multiplier.indices.map { output in
            var total = 0
            for image in sums {
                for sum in image[(output * pixels)..<((output + 1) * pixels)] { total += Int(sum) }
            }
            let mean = Double(total) / Double(sums.count * pixels)
            let target =
                isLast ? wanted[output] : wanted[output] / Double(outputs[output].scale) + Double(outputs[output].zero)
            let offset = target - Double(multiplier[output]) * mean
            guard Float(offset).isFinite, multiplier[output].isFinite else {
                throw ConversionError.problems([
                    .overflow(
                        tensor: "\(step.name).offset", position: output, value: offset, type: "single precision")
                ])
            }
            return Float(offset)
        }
    }
}

extension Graph {
    /// Whether a channel of a value ends in ReLU, or is maxima of one that does.
    fileprivate func isRectified(_ value: String, _ channel: Int) -> Bool {
        let writer = steps.last { $0.output == value && $0.outputOffset <= channel }
        guard let writer else { return false }
        guard writer.isMaximum else { return writer.operation.activation == .relu }
        return isRectified(writer.input, channel - writer.outputOffset)
    }
}

extension Step {
    /// Whether bytes are compared alone.
    fileprivate var isMaximum: Bool { (operation as? Pooling)?.kind == .maximum }

    /// Whether a byte of its own surrounds the planes of each channel.
    fileprivate var isPadded: Bool { (operation as? Convolution).map { $0.padding > 0 } ?? false }
}

/// The values of a network of bytes for one image.
private struct ByteValues {
    private var values: [String: (shape: PlaneShape, bytes: [Int8])]

    init(_ input: String, _ planes: Planes) {
        values = [:]
        write(planes, to: input)
    }

    func gathered(_ channels: [Int], of name: String) -> Planes {
        let value = values[name]!
        let pixels = value.shape.pixels
        var result: [Double] = []
        result.reserveCapacity(channels.count * pixels)
        for channel in channels {
            for byte in value.bytes[(channel * pixels)..<((channel + 1) * pixels)] { result.append(Double(byte)) }
        }
        return Planes(
            PlaneShape(channels: channels.count, height: value.shape.height, width: value.shape.width), result)
    }

    mutating func write(_ planes: Planes, to name: String) {
        let empty = PlaneShape(channels: 0, height: planes.shape.height, width: planes.shape.width)
        var value = values.removeValue(forKey: name) ?? (empty, [])
        value.shape.channels += planes.shape.channels
        value.bytes += planes.values.map { Int8($0) }
        values[name] = value
    }

    mutating func remove(_ name: String) { values[name] = nil }
}

extension Planes {
    /// The input's bytes: each number times its channel's multiplier, rounded, plus the zero.
    func bytes(_ scales: [ByteScale]) -> Planes {
        let multipliers = scales.map(\.inputMultiplier)
        return mapped { channel, value in
            let steps = (Float(value) * multipliers[channel]).rounded(.toNearestOrEven)
            return Double(min(max(steps + Float(scales[channel].zero), -128), 127))
        }
    }
}

extension ByteScale {
    /// What an input's numbers are multiplied by.
    var inputMultiplier: Float { 1 / scale }
}
