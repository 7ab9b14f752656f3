import Engine
import ModelFormat

/// Which steps of a graph run as one.
extension KernelTable {
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
                before.output == step.input, readers[step.input] == 1, writers[step.input] == 1,
                let middle = graph.value(named: step.input)?.shape, step.inputChannels == middle.channels,
                let first = ConvolutionShape(before, height: middle.height),
                let second = ConvolutionShape(step, height: middle.height),
                KernelTable.fuses(first, second, winograd: options.winograd)
            {
                units[units.count - 1] = PlanUnit(before, step)
            } else {
                units.append(PlanUnit(step))
            }
        }
        return units
    }
}

extension ConvolutionShape {
    /// The shape of a step over planes of `height` rows; nil where it is no convolution.
    init?(_ step: Step, height: Int) {
        guard case let convolution as Convolution = step.operation else { return nil }
        self.init(
            groups: convolution.groups,
            inputs: convolution.preActivation.channels(of: step.inputChannels) / convolution.groups,
            outputs: convolution.outputChannels / convolution.groups, kernel: convolution.kernel,
            stride: convolution.stride, padding: convolution.padding, height: height,
            isPlain: convolution.preActivation == PreActivation() && !convolution.shuffle)
    }
}
