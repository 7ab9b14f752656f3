import Foundations
import ModelFormat

/// A step as it is computed with bytes, and its plain evaluation: what `docs/quantisation.md` says, word for word.
///
/// Bytes and their sums are whole numbers in double precision, which holds them exactly, so that the order of summation
/// does not matter. It shares no arithmetic with the runtime.
struct IntegerStep {
    let step: Step
    /// The channels of the input that are read, in order.
    let channels: [Int]
    /// The bounds of each operand channel's bytes; empty where there are none.
    let lower: [Int8]
    let upper: [Int8]
    /// The byte around each operand channel's plane; empty where nothing is padded.
    let pad: [Int8]
    /// `[outputs, inputs/groups, kernel, kernel]`, or `[outputs, inputs]`; empty for pooling.
    var weights: [Int8]
    /// For each output, in the weights' order.
    var multiplier: [Float]
    /// For each output, in the weights' order.
    var offset: [Float]
    /// For each output, in the weights' order; empty for logits and maximum pooling.
    let outputs: [ByteScale]
    /// Whether the step writes the logits, which stay floats.
    let isLast: Bool

    private var isMaximum: Bool { (step.operation as? Pooling)?.kind == .maximum }

    /// The exact integer sums, in the weights' order.
    ///
    /// - Parameter input: the bytes of the channels that are read.
    /// - Throws: `ConversionError.linearAlgebra`.
    func sums(_ input: Planes) throws -> Planes {
        var operand = input
        if !lower.isEmpty {
            operand = operand.mapped { channel, byte in
                min(max(byte, Double(lower[channel])), Double(upper[channel]))
            }
        }
        guard !pad.isEmpty else { return try operand.summed(by: step.operation, weights: weights.map(Double.init)) }
        // Around a plane from which its padding is subtracted there are zeros; what that takes from every sum is added.
        let share = operand.shape.channels / (step.operation as! Convolution).groups
        let window = weights.count / multiplier.count / share
        let padding = multiplier.indices.map { output in
            let group = output / (multiplier.count * share / operand.shape.channels)
            return (0..<share * window).reduce(0.0) { sum, term in
                sum + Double(weights[output * share * window + term]) * Double(pad[group * share + term / window])
            }
        }
        let shifted = operand.mapped { channel, byte in byte - Double(pad[channel]) }
        return try shifted.summed(by: step.operation, weights: weights.map(Double.init)).shifted(padding)
    }

    /// The bytes that the sums become, or the logits, in the order of the channels that they are stored as.
    func rescaled(_ sums: Planes) -> Planes {
        guard !isMaximum else { return sums }
        return sums.mapped { output, sum in
            let number = Float(sum) * multiplier[output] + offset[output]
            return isLast ? Double(number) : Double(min(max(number.rounded(.toNearestOrEven), -128), 127))
        }.stored(by: step)
    }

    /// The tensors of the file.
    var tensors: [TensorData] {
        func tensor(_ role: TensorSpecification.Role, _ shape: [Int], _ elements: TensorData.Elements) -> TensorData {
            TensorData(name: "\(step.name).\(role.rawValue)", shape: shape, elements: elements)
        }
        guard !isMaximum else { return [] }
        var tensors: [TensorData] = []
        let (inputs, results) = ([channels.count], [multiplier.count])
        if step.operation.preActivation.gather != nil {
            tensors.append(tensor(.index, inputs, .int32(channels.map(Int32.init))))
        }
        if !lower.isEmpty {
            tensors.append(tensor(.lower, inputs, .int8(lower)))
            tensors.append(tensor(.upper, inputs, .int8(upper)))
        }
        if !weights.isEmpty {
            var shape = [multiplier.count, weights.count / multiplier.count]
            if let convolution = step.operation as? Convolution {
                let window = convolution.kernel * convolution.kernel
                shape = [multiplier.count, shape[1] / window, convolution.kernel, convolution.kernel]
            }
            tensors.append(tensor(.weight, shape, .int8(weights)))
        }
        if !pad.isEmpty { tensors.append(tensor(.pad, inputs, .int8(pad))) }
        tensors.append(tensor(.multiplier, results, .float32(multiplier)))
        tensors.append(tensor(.offset, results, .float32(offset)))
        guard !isLast else { return tensors }
        tensors.append(tensor(.outputScale, results, .float32(outputs.map(\.scale))))
        tensors.append(tensor(.outputZero, results, .int8(outputs.map(\.zero))))
        return tensors
    }
}

/// A network of bytes, evaluated plainly.
struct IntegerNetwork {
    let graph: Graph
    /// The scales of the graph's input.
    let input: [ByteScale]
    /// In order.
    let steps: [IntegerStep]

    /// The answers to one image, `[3, H, W]`: bit by bit what the runtime computes.
    ///
    /// - Throws: `ConversionError.linearAlgebra`.
    func logits(_ image: [Float]) throws -> [Float] {
        let shape = graph.value(named: graph.input)!.shape
        var values = GraphValues(graph.input, Planes(shape, image.map(Double.init)).bytes(input))
        for step in steps {
            let sums = try step.sums(values.gathered(step.channels, of: step.step.input))
            values.write(step.rescaled(sums), to: step.step.output)
        }
        return values[graph.output].values.map { Float($0) }
    }

    /// The tensors of the file.
    var tensors: [TensorData] {
        let channels = [input.count]
        return [
            TensorData(
                name: "\(graph.input).multiplier", shape: channels, elements: .float32(input.map(\.inputMultiplier))),
            TensorData(name: "\(graph.input).outputScale", shape: channels, elements: .float32(input.map(\.scale))),
            TensorData(name: "\(graph.input).outputZero", shape: channels, elements: .int8(input.map(\.zero))),
        ] + steps.flatMap(\.tensors)
    }
}
