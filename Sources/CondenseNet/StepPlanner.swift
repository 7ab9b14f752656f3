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
            activationBytes: 4 * (elementsRead(unit.steps.first!, shapes.first!) + shapes.last!.output.count),
            packedBytes: operation.packedBytes,
            arenaOffset: 4 * (output.offset + last.outputOffset * output.planeStride))
    }

    /// Elements that a step reads, each once, however many groups gather a plane.
    private func elementsRead(_ step: Step, _ shapes: StepShapes) -> Int {
        let input = min(shapes.input.channels, step.inputChannels) * shapes.input.pixels
        return Set(step.inputs).count * input
    }

    /// The operation of a unit, its weights packed.
    func operation(_ unit: PlanUnit) throws -> any PlannedOperation {
        switch unit {
        case .step(let step): return try operation(step)
        case .denseLayer(let pointwise, let spatial):
            guard case let first as Convolution = pointwise.operation,
                case let second as Convolution = spatial.operation
            else { preconditionFailure("a dense layer is two convolutions") }
            return try DenseLayerOperation(
                (pointwise, first), (spatial, second), input: layout.places[pointwise.input]!,
                output: layout.places[spatial.output]!, tensors: tensors)
        }
    }

    private func operation(_ step: Step) throws -> any PlannedOperation {
        let input = layout.places[step.input]!
        let output = layout.places[step.output]!
        switch step.operation {
        case let convolution as Convolution:
            return try operation(step, convolution, input: input, output: output)
        case let pooling as Pooling:
            return PoolingOperation(step, pooling, input: input, output: output)
        case let pooling as GlobalAveragePooling:
            return try GlobalAveragePoolingOperation(
                step, pooling.preActivation, input: input, output: output, tensors: tensors)
        case let addition as Addition:
            return AdditionOperation(
                step, addition, input: input, other: layout.places[addition.other]!, output: output)
        case let linear as ModelFormat.Linear:
            return try LinearOperation(step, linear, input: input, output: output, tensors: tensors)
        case let other: preconditionFailure("no kernel for the operation \(other.word)")
        }
    }

    private func operation(
        _ step: Step, _ convolution: Convolution, input: ArenaLayout.Place, output: ArenaLayout.Place
    ) throws -> any PlannedOperation {
        if !options.referenceKernels {
            if options.winograd, step.suitsWinograd(input.shape) {
                return try Winograd3x3Operation(step, convolution, input: input, output: output, tensors: tensors)
            }
            if step.isPlain, step.suitsBlocks {
                return try Convolution2DOperation(step, convolution, input: input, output: output, tensors: tensors)
            }
            if step.isPointwise {
                return try PointwiseOperation(step, convolution, input: input, output: output, tensors: tensors)
            }
            if step.isDenseSpatial {
                return try Convolution3x3Operation(step, convolution, input: input, output: output, tensors: tensors)
            }
            if step.isPlain {
                return step.isDepthwise
                    ? try DepthwiseConvolutionOperation(
                        step, convolution, input: input, output: output, tensors: tensors)
                    : try Convolution2DOperation(step, convolution, input: input, output: output, tensors: tensors)
            }
        }
        return try ReferenceConvolutionOperation(step, convolution, input: input, output: output, tensors: tensors)
    }
}
