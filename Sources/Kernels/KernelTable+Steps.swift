import Engine
import ModelFormat

/// Which kernel runs which step of a graph, and which steps run as one.
extension KernelTable {
    /// The kernels that run a convolution.
    enum ConvolutionKernel {
        /// `Winograd3x3`.
        case winograd
        /// `Convolution2D`, in blocks of inputs.
        case blocks
        /// `PointwiseConvolution`.
        case pointwise
        /// `Convolution3x3`.
        case direct3x3
        /// `DepthwiseConvolution`.
        case depthwise
        /// `convolutionReference`.
        case reference
    }

    /// The kernel for a convolution of planes of `shape`.
    ///
    /// - Precondition: the step's operation is a convolution.
    static func kernel(for step: Step, shape: PlaneShape, options: PlanOptions) -> ConvolutionKernel {
        if options.referenceKernels { return .reference }
        if options.winograd, step.suitsWinograd(shape) { return .winograd }
        if step.isPlain, step.suitsBlocks { return .blocks }
        if step.isPointwise { return .pointwise }
        if step.isDenseSpatial { return .direct3x3 }
        return step.isPlain && step.isDepthwise ? .depthwise : .blocks
    }

    /// The graph's steps in execution order; a 1×1 convolution and the direct 3×3 convolution after it are one unit where
    /// nothing else reads what the first writes: the middle planes then need no memory of their own.
    static func units(of graph: Graph, options: PlanOptions) -> [PlanUnit] {
        let fuses = !options.retainsValues && !options.referenceKernels
        var units: [PlanUnit] = []
        var readers: [String: Int] = [graph.output: 1]
        var writers: [String: Int] = [:]
        for step in graph.steps {
            for name in step.inputs { readers[name, default: 0] += 1 }
            writers[step.output, default: 0] += 1
        }
        for step in graph.steps {
            if fuses, let unit = units.last, unit.steps.count == 1, let before = unit.steps.last,
                before.output == step.input, readers[step.input] == 1, writers[step.input] == 1, before.isPointwise,
                step.isDenseSpatial, let middle = graph.value(named: step.input)?.shape,
                step.inputChannels == middle.channels, !options.winograd || !step.suitsWinograd(middle),
                !before.hasWideGroups, !step.hasWideGroups
            {
                units[units.count - 1] = PlanUnit(before, step)
            } else {
                units.append(PlanUnit(step))
            }
        }
        return units
    }
}

extension Step {
    /// A 1×1 convolution over every pixel.
    fileprivate var isPointwise: Bool {
        guard case let convolution as Convolution = operation else { return false }
        return convolution.kernel == 1 && convolution.stride == 1 && convolution.padding == 0
    }

    /// A 3×3 convolution of stride 1 and padding 1 that takes its input as it is.
    fileprivate var isDenseSpatial: Bool {
        guard isPlain, case let convolution as Convolution = operation else { return false }
        return convolution.kernel == 3 && convolution.stride == 1 && convolution.padding == 1
    }

    /// Whether a 3×3 convolution of planes of `shape` is faster by Winograd F(4, 3).
    fileprivate func suitsWinograd(_ shape: PlaneShape) -> Bool {
        guard isDenseSpatial, case let convolution as Convolution = operation else { return false }
        return KernelTable.prefersWinograd(
            inputs: inputChannels / convolution.groups, outputs: convolution.outputChannels / convolution.groups,
            height: shape.height)
    }

    /// A convolution that takes its input as it is and leaves its outputs in order.
    fileprivate var isPlain: Bool {
        guard case let convolution as Convolution = operation else { return false }
        return convolution.preActivation == PreActivation() && !convolution.shuffle
    }

    /// A convolution of every channel by itself, whose windows leave no pixel out: its kernel sorts them all.
    fileprivate var isDepthwise: Bool {
        guard case let convolution as Convolution = operation else { return false }
        return convolution.groups == inputChannels && convolution.outputChannels == inputChannels
            && convolution.stride <= convolution.kernel
    }

    /// A convolution whose groups have so many weights that they should be used in blocks.
    fileprivate var suitsBlocks: Bool {
        guard hasWideGroups, case let convolution as Convolution = operation else { return false }
        return KernelTable.prefersBlocks(kernel: convolution.kernel)
    }

    /// A convolution with more weights in a group than a first-level cache keeps.
    fileprivate var hasWideGroups: Bool {
        guard case let convolution as Convolution = operation else { return false }
        let inputs = convolution.preActivation.channels(of: inputChannels) / convolution.groups
        let outputs = convolution.outputChannels / convolution.groups
        return KernelTable.hasWideGroups(groupWeights: inputs * outputs * convolution.kernel * convolution.kernel)
    }
}
