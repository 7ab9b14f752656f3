import Engine
import Foundations
import ModelFormat

/// A fully connected layer of bytes as it is defined.
final class ReferenceLinearOperation: PlannedOperation {
    let kernel = "reference linear"
    private let outputs: Int
    private let inputChannels: Int
    private let scaling: OutputScaling
    private let weights: StoredArray<Int8>
    private let places: StepPlaces

    init(_ step: Step, _ linear: Linear, _ places: StepPlaces, _ tensors: any TensorSource) throws {
        outputs = linear.outputs
        inputChannels = step.inputChannels
        scaling = try OutputScaling(step, tensors)
        weights = try tensors.bytes("\(step.name).weight")
        self.places = places
    }

    func parts(threads: Int) -> Int { Share.parts(of: outputs, threads: threads) }

    func run(_ share: Share) {
        let (planes, pixels) = (places.source(share), places.input.shape.pixels)
        for output in share.of(outputs) {
            var sum: Int32 = 0
            for channel in 0..<inputChannels {
                for pixel in 0..<pixels {
                    let weight = weights.elements[(output * inputChannels + channel) * pixels + pixel]
                    sum += Int32(weight) * Int32(planes[channel][pixel])
                }
            }
            scaling.store(
                sum, output: output, at: 0, of: places.destination(output, share), asFloat: places.writesFloats)
        }
    }
}
