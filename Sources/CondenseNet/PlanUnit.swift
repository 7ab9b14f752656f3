import Kernels
import ModelFormat

/// What a plan runs as one: a step, or the two convolutions of a dense layer.
enum PlanUnit {
    case step(Step)
    /// A 1×1 convolution whose output nothing but the direct 3×3 convolution after it reads: the middle planes need no
    /// memory of their own.
    case denseLayer(pointwise: Step, spatial: Step)

    /// The graph's steps.
    var steps: [Step] {
        switch self {
        case .step(let step): [step]
        case .denseLayer(let pointwise, let spatial): [pointwise, spatial]
        }
    }

    /// The units of a graph, in execution order.
    static func units(_ graph: Graph, options: ExecutionPlan.Options) -> [PlanUnit] {
        let fusing = !options.retainsValues && !options.referenceKernels
        var units: [PlanUnit] = []
        var readers: [String: Int] = [graph.output: 1]
        var writers: [String: Int] = [:]
        for step in graph.steps {
            for name in step.inputs { readers[name, default: 0] += 1 }
            writers[step.output, default: 0] += 1
        }
        for step in graph.steps {
            if fusing, case .step(let before) = units.last, before.output == step.input, readers[step.input] == 1,
                writers[step.input] == 1, before.isPointwise, step.isDenseSpatial,
                let middle = graph.value(named: step.input)?.shape, step.inputChannels == middle.channels,
                !options.winograd || !step.suitsWinograd(middle),
                !before.hasWideGroups, !step.hasWideGroups
            {
                units[units.count - 1] = .denseLayer(pointwise: before, spatial: step)
            } else {
                units.append(.step(step))
            }
        }
        return units
    }
}

extension Step {
    /// A 1×1 convolution over every pixel.
    var isPointwise: Bool {
        guard case let convolution as Convolution = operation else { return false }
        return convolution.kernel == 1 && convolution.stride == 1 && convolution.padding == 0
    }

    /// A 3×3 convolution of stride 1 and padding 1 that takes its input as it is.
    var isDenseSpatial: Bool {
        guard isPlain, case let convolution as Convolution = operation else { return false }
        return convolution.kernel == 3 && convolution.stride == 1 && convolution.padding == 1
    }

    /// Whether a 3×3 convolution of planes of `shape` is faster by Winograd F(4, 3).
    func suitsWinograd(_ shape: PlaneShape) -> Bool {
        guard isDenseSpatial, case let convolution as Convolution = operation else { return false }
        return KernelChoice.prefersWinograd(
            inputs: inputChannels / convolution.groups, outputs: convolution.outputChannels / convolution.groups,
            height: shape.height)
    }

    /// A convolution that takes its input as it is and leaves its outputs in order.
    var isPlain: Bool {
        guard case let convolution as Convolution = operation else { return false }
        return convolution.preActivation == PreActivation() && !convolution.shuffle
    }

    /// A convolution of every channel by itself, whose windows leave no pixel out: its kernel sorts them all.
    var isDepthwise: Bool {
        guard case let convolution as Convolution = operation else { return false }
        return convolution.groups == inputChannels && convolution.outputChannels == inputChannels
            && convolution.stride <= convolution.kernel
    }

    /// A convolution whose groups have so many weights that they should be used in blocks.
    var suitsBlocks: Bool {
        guard hasWideGroups, case let convolution as Convolution = operation else { return false }
        return KernelChoice.prefersBlocks(kernel: convolution.kernel)
    }

    /// A convolution with more weights in a group than a first-level cache keeps.
    var hasWideGroups: Bool {
        guard case let convolution as Convolution = operation else { return false }
        let inputs = convolution.preActivation.channels(of: inputChannels) / convolution.groups
        let outputs = convolution.outputChannels / convolution.groups
        return KernelChoice.hasWideGroups(groupWeights: inputs * outputs * convolution.kernel * convolution.kernel)
    }
}
