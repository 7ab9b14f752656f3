import CondenseNet
import ModelFormat

extension ONNXGraph {
    /// Writes the fields of a `GraphProto`, weights fetched one tensor at a time.
    ///
    /// - Throws: `MemoryError`.
    func write(
        _ description: ModelDescription, _ tensors: some TensorSource, to writer: inout ProtobufWriter
    ) throws {
        for node in nodes { writer.message(GraphField.node) { node.write(to: &$0) } }
        writer.string(GraphField.name, description.name)
        for initializer in initializers {
            try writer.message(GraphField.initializer) { try initializer.write(tensors, to: &$0) }
        }
        let shape = description.inputShape
        writer.message(GraphField.input) {
            Self.write(Self.input, [shape.channels, shape.height, shape.width], to: &$0)
        }
        writer.message(GraphField.output) { Self.write(Self.output, [description.classes], to: &$0) }
    }

    /// Writes the fields of a `ValueInfoProto`: float32, a free batch dimension first.
    private static func write(_ name: String, _ dimensions: [Int], to writer: inout ProtobufWriter) {
        writer.string(1, name)
        writer.message(2) { type in
            type.message(1) { tensor in
                tensor.integer(1, ElementCode.float32)
                tensor.message(2) { shape in
                    shape.message(1) { $0.string(2, "N") }
                    for dimension in dimensions { shape.message(1) { $0.integer(1, dimension) } }
                }
            }
        }
    }
}

extension ONNXNode {
    /// Writes the fields of a `NodeProto`.
    fileprivate func write(to writer: inout ProtobufWriter) {
        for input in inputs { writer.string(NodeField.input, input) }
        writer.string(NodeField.output, output)
        writer.string(NodeField.name, name)
        writer.string(NodeField.operation, operation)
        for (name, value) in attributes {
            writer.message(NodeField.attribute) { attribute in
                attribute.string(AttributeField.name, name)
                switch value {
                case .integer(let integer):
                    attribute.integer(AttributeField.integer, integer)
                    attribute.integer(AttributeField.type, AttributeField.integerType)
                case .integers(let list):
                    for integer in list { attribute.integer(AttributeField.integers, integer) }
                    attribute.integer(AttributeField.type, AttributeField.integersType)
                }
            }
        }
    }
}

extension ONNXInitializer {
    /// Writes the fields of a `TensorProto`.
    fileprivate func write(_ tensors: some TensorSource, to writer: inout ProtobufWriter) throws {
        for dimension in dimensions { writer.integer(TensorField.dimension, dimension) }
        switch elements {
        case .weights(let tensor) where !tensor.role.isIndex:
            writer.integer(TensorField.elementType, ElementCode.float32)
            writer.string(TensorField.name, name)
            try tensors.floats(tensor.name).withUnsafeBytes { writer.raw(TensorField.rawData, $0) }
        case .weights(let tensor):
            write(try tensors.indices(tensor.name).map(Int64.init), ElementCode.int64, to: &writer)
        case .channels(let tensor, let first):
            write(
                try tensors.indices(tensor.name).map { Int64($0) - Int64(first) }, ElementCode.int64, to: &writer)
        case .scattered(let weight, let destinations, let groups):
            let share = weight.shape[1]
            let sumsPerGroup = weight.shape[0] / groups
            var scattered = [Float](repeating: 0, count: dimensions.reduce(1, *))
            let weights = try tensors.floats(weight.name)
            for (sum, destination) in try tensors.indices(destinations.name).enumerated() {
                let first = Int(destination) * dimensions[1] + sum / sumsPerGroup * share
                for input in 0..<share { scattered[first + input] += weights[sum * share + input] }
            }
            write(scattered, ElementCode.float32, to: &writer)
        case .integers(let list):
            write(list.map(Int64.init), ElementCode.int64, to: &writer)
        case .bytes(let tensor): write(Array(try tensors.bytes(tensor.name)), ElementCode.int8, to: &writer)
        case .widened(let tensor):
            write(try tensors.bytes(tensor.name).map(Float.init), ElementCode.float32, to: &writer)
        case .padding(let weight, let pad, let groups):
            let (weights, bytes) = (try tensors.bytes(weight.name), try tensors.bytes(pad.name))
            let (outputs, share) = (weight.shape[0], weight.shape[1])
            let window = weight.shape[2] * weight.shape[3]
            let sums = (0..<outputs).map { output in
                (0..<share * window).reduce(0) { sum, term in
                    let input = output / (outputs / groups) * share + term / window
                    return sum + Int(weights[output * share * window + term]) * Int(bytes[input])
                }
            }
            write(sums.map(Float.init), ElementCode.float32, to: &writer)
        case .ones:
            write([Int8](repeating: 1, count: dimensions.reduce(1, *)), ElementCode.int8, to: &writer)
        case .number(let number): write([number], ElementCode.float32, to: &writer)
        case .zero: write([Int8(0)], ElementCode.int8, to: &writer)
        }
    }

    private func write<Element>(_ elements: [Element], _ type: Int, to writer: inout ProtobufWriter) {
        writer.integer(TensorField.elementType, type)
        writer.string(TensorField.name, name)
        elements.withUnsafeBytes { writer.raw(TensorField.rawData, $0) }
    }

}

/// Values of `TensorProto.DataType`.
private enum ElementCode {
    static let float32 = 1
    static let int8 = 3
    static let int64 = 7
}

/// Field numbers of `GraphProto`.
private enum GraphField {
    static let node = 1
    static let name = 2
    static let initializer = 5
    static let input = 11
    static let output = 12
}

/// Field numbers of `NodeProto`.
private enum NodeField {
    static let input = 1
    static let output = 2
    static let name = 3
    static let operation = 4
    static let attribute = 5
}

/// Field numbers of `AttributeProto`, and its values of `type`.
private enum AttributeField {
    static let name = 1
    static let integer = 3
    static let integers = 8
    static let type = 20
    static let integerType = 2
    static let integersType = 7
}

/// Field numbers of `TensorProto`.
private enum TensorField {
    static let dimension = 1
    static let elementType = 2
    static let name = 8
    static let rawData = 9
}
