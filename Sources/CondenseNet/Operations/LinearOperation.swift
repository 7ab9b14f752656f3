import Kernels
import ModelFormat

/// A fully connected layer, split by outputs.
///
/// Its outputs are a vector; an input of padded planes is first made dense in each thread's scratch.
final class LinearOperation: PlannedOperation {
    let kernel = "linearReference"
    private let weights: Packed<Float>
    private let bias: Packed<Float>
    private let relu: Bool
    private let outputs: Int
    private let inputChannels: Int
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let outputOffset: Int

    init(
        _ step: Step, _ linear: Linear, input: ArenaLayout.Place, output: ArenaLayout.Place, tensors: any TensorSource
    ) throws {
        weights = try Packed(tensors.floats("\(step.name).weight"))
        bias = try Packed(tensors.floats("\(step.name).bias"))
        relu = linear.relu
        outputs = linear.outputs
        inputChannels = step.inputChannels
        self.input = input
        self.output = output
        outputOffset = step.outputOffset
    }

    var packedBytes: Int { weights.byteCount }
    private var inputs: Int { inputChannels * input.shape.pixels }
    private var isDense: Bool { input.planeStride == input.shape.pixels }
    var scratchFloats: Int { isDense ? 0 : inputs }

    func run(_ share: Share) {
        var vector = input.planes(share.arena).base
        if !isDense {
            let (sources, pixels) = (input.planes(share.arena), input.shape.pixels)
            for channel in 0..<inputChannels {
                (share.scratch + channel * pixels).update(from: sources[channel], count: pixels)
            }
            vector = share.scratch
        }
        linearReference(
            inputs: inputs, input: vector, weights: weights.pointer, bias: bias.pointer, relu: relu,
            output: output.planes(share.arena)[outputOffset], range: share.of(outputs, block: 16))
    }
}
