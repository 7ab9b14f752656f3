import Kernels
import ModelFormat

/// Chooses the kernel of each step and packs its weights.
struct StepPlanner {
    let graph: Graph
    let layout: ArenaLayout
    let tensors: any TensorSource
    let options: ExecutionPlan.Options

    /// What `inspect --plan` shows of a unit.
    func describe(_ unit: PlanUnit, _ operation: any PlannedOperation) -> PlannedStep {
        let shapes = unit.steps.map(graph.shapes)
        let last = unit.steps.last!
        let output = layout.places[last.output]!
        return PlannedStep(
            names: unit.steps.map(\.name), kernel: operation.kernel, shapes: shapes,
            activationBytes: 4 * (shapes.first!.input.count + shapes.last!.output.count),
            packedBytes: operation.packedBytes,
            arenaOffset: 4 * (output.offset + last.outputOffset * output.planeStride))
    }

    /// The operation of a unit, its weights packed.
    func operation(_ unit: PlanUnit) throws -> any PlannedOperation {
        switch unit {
        case .step(let step): try operation(step)
        case .denseLayer(let pointwise, let spatial): try operation(spatial)
        }
    }

    func geometry(_ step: Step, _ convolution: Convolution, input: PlaneShape) -> ConvolutionGeometry {
        ConvolutionGeometry(
            inputChannels: convolution.inputStage.channels(of: step.inputChannels),
            outputChannels: convolution.outputChannels, groups: convolution.groups, kernel: convolution.kernel,
            stride: convolution.stride, padding: convolution.padding, inputHeight: input.height,
            inputWidth: input.width)
    }

    private func operation(_ step: Step) throws -> any PlannedOperation {
        let input = layout.places[step.input]!
        let output = layout.places[step.output]!
        switch step.operation {
        case .convolution(let convolution):
            return try ReferenceConvolutionOperation(
                geometry: geometry(step, convolution, input: input.shape), convolution: convolution, input: input,
                output: output, inputPlanes: gathered(step, convolution.inputStage),
                outputPlanes: outputPlanes(step, convolution), step: step, tensors: tensors)
        case .pooling(let pooling):
            return PoolingOperation(step, pooling, input: input, output: output)
        case .globalAveragePooling(let stage):
            return try GlobalAveragePoolingOperation(
                step, stage, planes: gathered(step, stage), input: input, output: output, tensors: tensors)
        case .addition(let addition):
            return AdditionOperation(
                step, addition, input: input, other: layout.places[addition.other]!, output: output)
        case .linear(let linear):
            return try LinearOperation(step, linear, input: input, output: output, tensors: tensors)
        }
    }

    /// The input plane of each channel that the operation sees.
    private func gathered(_ step: Step, _ stage: InputStage) -> [Int32] {
        stage.gather == nil ? Array(0..<Int32(step.inputChannels)) : tensors.indices("\(step.name).index")
    }

    /// The output plane of each output channel: the channel shuffle is nothing but where a channel is written.
    private func outputPlanes(_ step: Step, _ convolution: Convolution) -> [Int32] {
        let perGroup = convolution.outputChannels / convolution.groups
        return (0..<convolution.outputChannels).map { channel in
            let plane =
                convolution.shuffle ? channel % perGroup * convolution.groups + channel / perGroup : channel
            return Int32(step.outputOffset + plane)
        }
    }
}
