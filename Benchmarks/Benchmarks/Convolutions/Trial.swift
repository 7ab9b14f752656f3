import Engine
import Kernels

/// A shape with a kernel that can run it.
struct Trial: Sendable {
    /// The kernel's name.
    let kernel: String
    /// Multiply-adds of one run, as the direct convolution counts them.
    let multiplyAdds: Int
    /// Makes buffers of random numbers, which live as long as the process, and what runs the convolution on them once.
    let prepare: @Sendable () -> () -> Void

    /// Every kernel that can run `shape`.
    static func trials(_ shape: Shape) -> [Trial] {
        shape.kernel == 1 ? [pointwise(shape)] : [direct(shape), winograd(shape)]
    }

    private static func pointwise(_ shape: Shape) -> Trial {
        let convolution = PointwiseConvolution(
            groups: shape.groups, inputs: shape.inputs, outputs: shape.outputs, width: shape.size, height: shape.size,
            preActivation: .relu, activation: .relu)
        return Trial(kernel: "PointwiseConvolution", multiplyAdds: convolution.multiplyAdds) {
            let (channels, weights) = (shape.groups * shape.outputs, floats(convolution.packedCount))
            let inputs = shape.groups * shape.inputs
            let normalization = Normalization(scale: floats(inputs), shift: floats(inputs))
            convolution.pack(
                weights: floats(channels * shape.inputs), bias: floats(channels), normalization: normalization,
                into: weights)
            let gathered = UnsafeMutablePointer<GatheredInput<Float>>.allocate(capacity: inputs)
            convolution.gather(planes: planes(inputs), normalization: normalization, into: gathered)
            let rising = UnsafeMutablePointer<Int32>.allocate(capacity: shape.groups)
            convolution.countRising(normalization: normalization, into: rising)
            let stride = recommendedPlaneStride(pixels: shape.size * shape.size)
            let operands = PointwiseOperands(
                input: floats(inputs * stride), inputPlaneStride: stride,
                inputs: GatheredInputs(inputs: gathered, rising: rising), weights: weights,
                output: floats(channels * stride), outputLayout: .planes(planeStride: stride),
                outputPlanes: planes(channels))
            let scratch = floats(convolution.scratchCount)
            return { convolution.run(operands, groups: 0..<shape.groups, rows: 0..<shape.size, scratch: scratch) }
        }
    }

    private static func direct(_ shape: Shape) -> Trial {
        let convolution = Convolution3x3(
            groups: shape.groups, inputs: shape.inputs, outputs: shape.outputs, width: shape.size, height: shape.size,
            activation: .none)
        return Trial(kernel: "Convolution3x3", multiplyAdds: convolution.multiplyAdds) {
            let channels = shape.groups * shape.outputs
            let weights = floats(convolution.packedCount)
            convolution.pack(weights: floats(channels * shape.inputs * 9), bias: nil, into: weights)
            let layout = PaddedPlanes(width: shape.size, rows: shape.size)
            let stride = recommendedPlaneStride(pixels: shape.size * shape.size)
            let operands = Convolution3x3Operands(
                input: floats(layout.count(planes: shape.groups * shape.inputs)), inputLayout: layout,
                weights: weights, output: floats(channels * stride), outputPlaneStride: stride)
            return { convolution.run(operands, groups: 0..<shape.groups, rows: 0..<shape.size) }
        }
    }

    private static func winograd(_ shape: Shape) -> Trial {
        let convolution = Winograd3x3(
            groups: shape.groups, inputs: shape.inputs, outputs: shape.outputs, width: shape.size, height: shape.size,
            activation: .none)
        return Trial(kernel: "Winograd3x3", multiplyAdds: convolution.multiplyAdds) {
            let channels = shape.groups * shape.outputs
            let weights = floats(convolution.packedCount)
            convolution.pack(weights: floats(channels * shape.inputs * 9), bias: nil, into: weights)
            let stride = recommendedPlaneStride(pixels: shape.size * shape.size)
            let operands = PlaneOperands(
                input: floats(shape.groups * shape.inputs * stride + Winograd3x3.inputSlack),
                inputPlaneStride: stride, weights: weights, output: floats(channels * stride),
                outputPlaneStride: stride)
            let scratch = floats(convolution.scratchCount)
            return { convolution.run(operands, tiles: 0..<convolution.tiles, scratch: scratch) }
        }
    }

    /// Channel `c` is plane `c`.
    private static func planes(_ count: Int) -> UnsafePointer<Int32> {
        let pointer = UnsafeMutablePointer<Int32>.allocate(capacity: max(count, 1))
        for channel in 0..<count { pointer[channel] = Int32(channel) }
        return UnsafePointer(pointer)
    }

    /// Random numbers in −1…1, on a cache line.
    private static func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        let pointer = UnsafeMutableRawPointer.allocate(byteCount: 4 * max(count, 1), alignment: 64)
            .bindMemory(to: Float.self, capacity: count)
        var state: UInt32 = 1
        for index in 0..<count {
            state = state &* 1_664_525 &+ 1_013_904_223
            pointer[index] = Float(Int32(bitPattern: state)) * 0x1p-31
        }
        return pointer
    }
}
