import CondenseNet
import Kernels
import ModelFormat

/// A grouped convolution of stride 1, by the numbers that decide its speed.
struct Shape: Hashable, Comparable {
    /// 1 or 3.
    let kernel: Int
    let groups: Int
    /// Input channels of one group.
    let inputs: Int
    /// Output channels of one group.
    let outputs: Int
    /// Columns and rows.
    let size: Int

    /// What the tables show, in a form that sorts and filters well.
    var name: String {
        func padded(_ value: Int, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - "\(value)".count)) + "\(value)"
        }
        return "\(kernel)x\(kernel) \(padded(size, 3))px g\(groups) \(padded(inputs, 3)) to \(padded(outputs, 3))"
    }

    static func < (a: Shape, b: Shape) -> Bool {
        (a.kernel, -a.size, a.groups, a.inputs, a.outputs) < (b.kernel, -b.size, b.groups, b.inputs, b.outputs)
    }

    /// The distinct convolutions of dense layers in some architecture files.
    static func all(in paths: [String]) throws -> [Shape] {
        var shapes: Set<Shape> = []
        for path in paths {
            let graph = try Model(path: path).description.graph
            for step in graph.steps {
                guard case let convolution as Convolution = step.operation, convolution.stride == 1 else { continue }
                let seen = graph.shapes(of: step)
                guard convolution.kernel == 1 || convolution.kernel == 3, seen.input.channels > 3 else { continue }
                shapes.insert(
                    Shape(
                        kernel: convolution.kernel, groups: convolution.groups,
                        inputs: seen.input.channels / convolution.groups,
                        outputs: convolution.outputChannels / convolution.groups, size: seen.output.width))
            }
        }
        return shapes.sorted()
    }
}
