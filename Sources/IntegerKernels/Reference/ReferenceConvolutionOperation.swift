import Engine
import Foundations
import ModelFormat

/// A convolution of bytes as it is defined: what every kernel is tested against.
final class ReferenceConvolutionOperation: PlannedOperation {
    let kernel = "reference convolution"
    private let convolution: Convolution
    private let stage: InputStage
    private let scaling: OutputScaling
    private let weights: StoredArray<Int8>
    private let pad: StoredArray<Int8>?
    private let places: StepPlaces

    init(_ step: Step, _ convolution: Convolution, _ places: StepPlaces, _ tensors: any TensorSource) throws {
        self.convolution = convolution
        stage = try InputStage(step, convolution.preActivation, tensors)
        scaling = try OutputScaling(step, tensors)
        weights = try tensors.bytes("\(step.name).weight")
        pad = convolution.padding > 0 ? try tensors.bytes("\(step.name).pad") : nil
        self.places = places
    }

    func parts(threads: Int) -> Int { Share.parts(of: convolution.outputChannels, threads: threads) }

    func run(_ share: Share) {
        let output = places.output.shape
        for channel in share.of(convolution.outputChannels) {
            let plane = places.destination(convolution.channel(of: channel), share)
            for y in 0..<output.height {
                for x in 0..<output.width {
                    scaling.store(
                        sum(channel, y, x, share), output: channel, at: y * output.width + x, of: plane,
                        asFloat: places.writesFloats)
                }
            }
        }
    }

    private func sum(_ output: Int, _ y: Int, _ x: Int, _ share: Share) -> Int32 {
        let (kernel, planes) = (convolution.kernel, places.source(share))
        let perGroup = stage.planes.count / convolution.groups
        let first = output / (convolution.outputChannels / convolution.groups) * perGroup
        var sum: Int32 = 0
        for input in 0..<perGroup {
            for row in 0..<kernel {
                for column in 0..<kernel {
                    let weight = weights.elements[((output * perGroup + input) * kernel + row) * kernel + column]
                    let byte = self.byte(
                        first + input, y * convolution.stride + row - convolution.padding,
                        x * convolution.stride + column - convolution.padding, planes)
                    sum += Int32(weight) * Int32(byte)
                }
            }
        }
        return sum
    }

    private func byte(_ channel: Int, _ y: Int, _ x: Int, _ planes: Planes<Int8>) -> Int8 {
        let shape = places.input.shape
        guard (0..<shape.height).contains(y), (0..<shape.width).contains(x) else { return pad!.elements[channel] }
        let (lower, upper) = stage.bounds(channel)
        return min(max(planes[Int(stage.planes.elements[channel])][y * shape.width + x], lower), upper)
    }
}
