import Checkpoint
import Foundation
import Foundations
import ModelFormat
import TestSupport

@testable import Condenser

/// A checkpoint of seeded random numbers, with the tensors that training, or the original conversion, would save.
struct SyntheticCheckpoint {
    struct Tensor: Equatable {
        var shape: [Int]
        var values: [Float]
        /// Stored as int64.
        var isIndex = false
    }

    private(set) var architecture: Architecture
    var tensors: [String: Tensor] = [:]
    private var generator: SplitMix64

    /// The dense network of `design`, completely condensed: each group keeps inputs/C inputs.
    init(_ design: NetworkSpecification, seed: UInt64 = 1) throws {
        architecture = try Architecture(design)
        architecture.classifier.kept = nil
        generator = SplitMix64(seed: seed)
        add("features.init_conv.weight", [architecture.stem.channels, 3, 3, 3])
        for stage in architecture.stages {
            for layer in stage.layers {
                add(layer.pointwise)
                addNorm("\(layer.spatial.name).norm", layer.spatial.inputChannels)
                add(
                    "\(layer.spatial.name).conv.weight",
                    [layer.spatial.outputChannels, layer.spatial.inputChannels / layer.spatial.groups, 3, 3])
            }
            if let transition = stage.transition { add(transition) }
        }
        addNorm("features.norm_last", architecture.classifier.features)
        add("classifier.weight", [architecture.classifier.classes, architecture.classifier.features])
        add("classifier.bias", [architecture.classifier.classes])
    }

    /// Multiplies every value of a tensor.
    mutating func scale(_ name: String, by factor: Float) {
        tensors[name]!.values = tensors[name]!.values.map { $0 * factor }
    }

    private mutating func add(_ name: String, _ shape: [Int]) {
        let fanIn = shape.dropFirst().reduce(1, *)
        let scale = 2 / Float(fanIn).squareRoot()
        tensors[name] = Tensor(
            shape: shape, values: (0..<shape.reduce(1, *)).map { _ in scale * generator.nextFloat() })
    }

    private mutating func addNorm(_ name: String, _ channels: Int) {
        func add(_ part: String, _ range: ClosedRange<Float>) {
            let values = (0..<channels).map { _ in
                range.lowerBound + (range.upperBound - range.lowerBound) * (generator.nextFloat() + 1) / 2
            }
            tensors["\(name).\(part)"] = Tensor(shape: [channels], values: values)
        }
        add("weight", 0.5...1.5)
        add("bias", -0.5...0.5)
        add("running_mean", -0.5...0.5)
        add("running_var", 0.2...2)
        tensors["\(name).num_batches_tracked"] = Tensor(shape: [], values: [7], isIndex: true)
    }

    private mutating func add(_ layer: Architecture.Pointwise) {
        addNorm("\(layer.name).norm", layer.inputChannels)
        guard layer.kind == .learned else {
            return add(
                "\(layer.name).conv.weight", [layer.outputChannels, layer.inputChannels / layer.groups, 1, 1])
        }
        let shape = [layer.outputChannels, layer.inputChannels, 1, 1]
        add("\(layer.name).conv.weight", shape)
        let factor = architecture.condensationFactor
        let kept = (0..<layer.groups).map { _ in
            Set((0..<layer.inputChannels).shuffled(using: &generator).prefix(layer.inputChannels / factor))
        }
        let mask: [Float] = (0..<layer.outputChannels).flatMap { output in
            (0..<layer.inputChannels).map { kept[output % layer.groups].contains($0) ? 1 : 0 }
        }
        tensors["\(layer.name)._mask"] = Tensor(shape: shape, values: mask)
        tensors["\(layer.name)._stage"] = Tensor(shape: [1], values: [Float(factor - 1)])
        tensors["\(layer.name)._count"] = Tensor(
            shape: [1], values: [Float(layer.inputChannels / factor * (factor - 1))])
    }
}

extension SyntheticCheckpoint {
    /// What the original conversion makes of a dense network: written after its description, not after our code.
    func converted(classifierKeep: Double = 0.5) -> SyntheticCheckpoint {
        var result = self
        for layer in architecture.pointwise where layer.kind == .learned { result.convert(layer) }
        let weight = tensors["classifier.weight"]!
        let (classes, features) = (weight.shape[0], weight.shape[1])
        let sums = (0..<features).map { column in
            (0..<classes).reduce(0.0) { $0 + Double(weight.values[$1 * features + column].magnitude) }
        }
        let order = (0..<features).sorted { sums[$0] != sums[$1] ? sums[$0] < sums[$1] : $0 < $1 }
        let kept = Array(order.dropFirst(features - Int(Double(features) * classifierKeep)))
        result.tensors["classifier.weight"] = nil
        result.tensors["classifier.bias"] = nil
        result.tensors["classifier.linear.bias"] = tensors["classifier.bias"]
        result.tensors["classifier.linear.weight"] = Tensor(
            shape: [classes, kept.count],
            values: (0..<classes).flatMap { row in kept.map { weight.values[row * features + $0] } })
        result.tensors["classifier.index"] = Tensor(shape: [kept.count], values: kept.map(Float.init), isIndex: true)
        return result
    }

    private mutating func convert(_ layer: Architecture.Pointwise) {
        let mask = tensors["\(layer.name)._mask"]!.values
        let weight = tensors["\(layer.name).conv.weight"]!.values
        let inputs = layer.inputChannels
        let rows = layer.outputChannels / layer.groups
        var index: [Int] = []
        var condensed: [Float] = []
        for group in 0..<layer.groups {
            let kept = (0..<inputs).filter { mask[group * inputs + $0] == 1 }
            index += kept
            for row in 0..<rows {
                for input in kept { condensed.append(weight[(row * layer.groups + group) * inputs + input]) }
            }
        }
        for part in ["weight", "bias", "running_mean", "running_var"] {
            let name = "\(layer.name).norm.\(part)"
            let values = tensors[name]!.values
            tensors[name] = Tensor(shape: [index.count], values: index.map { values[$0] })
        }
        tensors["\(layer.name).conv.weight"] = Tensor(
            shape: [layer.outputChannels, index.count / layer.groups, 1, 1], values: condensed)
        tensors["\(layer.name).index"] = Tensor(shape: [index.count], values: index.map(Float.init), isIndex: true)
        for buffer in ["_mask", "_stage", "_count"] { tensors["\(layer.name).\(buffer)"] = nil }
    }
}

extension SyntheticCheckpoint {
    /// The file, as safetensors.
    func bytes() throws -> [UInt8] { try Self.bytes(of: tensors) }

    /// A file of any tensors, as safetensors.
    static func bytes(of tensors: [String: Tensor]) throws -> [UInt8] {
        var header: [String: Any] = [:]
        var data: [UInt8] = []
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            let start = data.count
            for value in tensor.values {
                if tensor.isIndex {
                    withUnsafeBytes(of: Int64(value).littleEndian) { data += $0 }
                } else {
                    withUnsafeBytes(of: value.bitPattern.littleEndian) { data += $0 }
                }
            }
            header["module.\(name)"] = [
                "dtype": tensor.isIndex ? "I64" : "F32", "shape": tensor.shape, "data_offsets": [start, data.count],
            ]
        }
        let json = [UInt8](try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys]))
        var bytes: [UInt8] = []
        withUnsafeBytes(of: UInt64(json.count).littleEndian) { bytes += $0 }
        return bytes + json + data
    }

    /// The file as the converter reads it.
    func load() throws -> Checkpoint { try Checkpoint.load(bytes: try bytes(), name: "synthetic.safetensors") }

    /// Writes the file into a folder.
    func write(_ name: String, in folder: TemporaryFolder) throws -> String {
        let path = folder.path(name)
        try Data(try bytes()).write(to: URL(fileURLWithPath: path))
        return path
    }
}
