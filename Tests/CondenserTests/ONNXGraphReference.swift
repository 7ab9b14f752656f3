import CondenseNet
import Foundation
import ModelFormat

/// Evaluates a graph in double precision, step by step as `Graph` defines it: loops only, nothing shared with the runtime
/// or the exporter.
struct ONNXGraphReference {
    let graph: Graph
    let source: any TensorSource

    /// The numbers of one value so far, `[C, H, W]`.
    private typealias Planes = [Double]
    private typealias Tensors = [TensorSpecification.Role: [Double]]

    /// - Returns: the graph's output for one image, `[3, H, W]`.
    func logits(_ image: [Float]) throws -> [Double] {
        var values: [String: Planes] = [graph.input: image.map(Double.init)]
        for step in graph.steps {
            let shape = graph.value(named: step.input)!.shape
            var tensors: Tensors = [:]
            for tensor in step.tensors(inputShape: shape) {
                tensors[tensor.role] =
                    tensor.role.isIndex
                    ? try source.indices(tensor.name).map(Double.init) : try source.floats(tensor.name).map(Double.init)
            }
            let input = Array(values[step.input]![..<(step.inputChannels * shape.pixels)])
            let results = compute(step, input, shape, tensors, values)
            if step.operation is Accumulation {
                for (position, sum) in results.enumerated() { values[step.output]![position] += sum }
            } else {
                values[step.output, default: []] += results
            }
        }
        return values[graph.output]!
    }

    private func compute(
        _ step: Step, _ input: Planes, _ shape: PlaneShape, _ tensors: Tensors, _ values: [String: Planes]
    ) -> Planes {
        switch step.operation {
        case let convolution as Convolution:
            return convolve(
                staged(input, convolution.preActivation, shape.pixels, tensors), shape, convolution, tensors)
        case let pooling as Pooling:
            let operand = staged(input, pooling.preActivation, shape.pixels, tensors)
            return stride(from: 0, to: operand.count, by: shape.pixels).flatMap { start in
                let plane = operand[start..<(start + shape.pixels)]
                return windows(shape, pooling.kernel, pooling.stride, pooling.padding).map { window in
                    let covered = window.compactMap { $0.map { plane[plane.startIndex + $0] } }
                    return pooling.kind == .maximum ? covered.max()! : covered.reduce(0, +) / Double(window.count)
                }
            }
        case let pooling as GlobalAveragePooling:
            let operand = staged(input, pooling.preActivation, shape.pixels, tensors)
            return stride(from: 0, to: operand.count, by: shape.pixels).map { start in
                operand[start..<(start + shape.pixels)].reduce(0, +) / Double(shape.pixels)
            }
        case let addition as Addition:
            return zip(input, values[addition.other]!).map { activated($0 + $1, addition.activation) }
        case let accumulation as Accumulation:
            let operand = staged(input, accumulation.preActivation, shape.pixels, tensors)
            let share = operand.count / shape.pixels / accumulation.groups
            let sumsPerGroup = accumulation.outputChannels / accumulation.groups
            var results = Planes(repeating: 0, count: accumulation.accumulatedChannels! * shape.pixels)
            for sum in 0..<accumulation.outputChannels {
                for (member, pixel) in (0..<share).flatMap({ member in (0..<shape.pixels).map { (member, $0) } }) {
                    results[Int(tensors[.destinations]![sum]) * shape.pixels + pixel] +=
                        tensors[.weight]![sum * share + member]
                        * operand[(sum / sumsPerGroup * share + member) * shape.pixels + pixel]
                }
            }
            return results
        case let layer as SqueezeExcite:
            let channels = input.count / shape.pixels
            let means = (0..<channels).map { channel in
                input[(channel * shape.pixels)..<((channel + 1) * shape.pixels)].reduce(0, +) / Double(shape.pixels)
            }
            let hidden = (0..<layer.hidden).map { row in
                max(0, means.indices.reduce(0) { $0 + tensors[.squeeze]![row * channels + $1] * means[$1] })
            }
            let factors = (0..<channels).map { row in
                1
                    / (1
                        + exp(
                            -hidden.indices.reduce(0) { $0 + tensors[.excite]![row * layer.hidden + $1] * hidden[$1] }))
            }
            return input.indices.map { input[$0] * factors[$0 / shape.pixels] }
        case let linear as Linear:
            let (weight, bias) = (tensors[.weight]!, tensors[.bias]!)
            return (0..<linear.outputs).map { row in
                let products = input.indices.map { weight[row * input.count + $0] * input[$0] }
                return activated(products.reduce(bias[row], +), linear.activation)
            }
        case let other: preconditionFailure("no reference of the operation \(other.word)")
        }
    }

    private func activated(_ x: Double, _ activation: Activation) -> Double {
        switch activation {
        case .none: x
        case .relu: max(x, 0)
        case .hardSwish: x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) / 6
        }
    }

    private func staged(_ input: Planes, _ stage: PreActivation, _ pixels: Int, _ tensors: Tensors) -> Planes {
        let channels = tensors[.index]?.map { Int($0) } ?? Array(0..<(input.count / pixels))
        return channels.enumerated().flatMap { position, channel in
            input[(channel * pixels)..<((channel + 1) * pixels)].map {
                activated(
                    stage.normalize ? $0 * tensors[.scale]![position] + tensors[.shift]![position] : $0,
                    stage.activation)
            }
        }
    }

    private func convolve(
        _ input: Planes, _ shape: PlaneShape, _ convolution: Convolution, _ tensors: Tensors
    ) -> Planes {
        let taps = convolution.kernel * convolution.kernel
        let outputs = convolution.outputChannels / convolution.groups
        let inputs = input.count / shape.pixels / convolution.groups
        let windows = windows(shape, convolution.kernel, convolution.stride, convolution.padding)
        var planes = [Planes](repeating: [], count: convolution.outputChannels)
        for output in 0..<convolution.outputChannels {
            let group = output / outputs
            let channel = convolution.shuffle ? output % outputs * convolution.groups + group : output
            planes[channel] = windows.map { window in
                var sum = tensors[.bias]?[output] ?? 0
                for member in 0..<inputs {
                    let plane = (group * inputs + member) * shape.pixels
                    for (tap, position) in window.enumerated() {
                        guard let position else { continue }
                        sum += tensors[.weight]![(output * inputs + member) * taps + tap] * input[plane + position]
                    }
                }
                return activated(sum, convolution.activation)
            }
        }
        return planes.flatMap { $0 }
    }

    /// For each position of a sliding window the plane's positions under it, `nil` in the padding.
    private func windows(_ shape: PlaneShape, _ kernel: Int, _ stride: Int, _ padding: Int) -> [[Int?]] {
        func starts(_ side: Int) -> StrideThrough<Int> {
            Swift.stride(from: -padding, through: side + padding - kernel, by: stride)
        }
        return starts(shape.height).flatMap { top in
            starts(shape.width).map { left in
                (0..<(kernel * kernel)).map { tap in
                    let (y, x) = (top + tap / kernel, left + tap % kernel)
                    let isInside = (0..<shape.height).contains(y) && (0..<shape.width).contains(x)
                    return isInside ? y * shape.width + x : nil
                }
            }
        }
    }
}
