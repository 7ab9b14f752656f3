import Foundation

/// The smallest checkpoint that converts: a plain DenseNet of one layer, as safetensors.
enum TinyNetwork {
    /// - Parameters:
    ///   - classifierWeight: of every feature in every class; biases are zero.
    ///   - spatialWeight: of the layer's 3×3 convolution.
    static func bytes(classifierWeight: Float = 0.1, spatialWeight: Float = 0.1) throws -> [UInt8] {
        var tensors: [(name: String, shape: [Int], value: Float)] = [
            ("features.init_conv.weight", [4, 3, 3, 3], 0.1),
            ("features.denseblock_1.denselayer_1.conv_1.conv.weight", [8, 4, 1, 1], 0.1),
            ("features.denseblock_1.denselayer_1.conv_2.conv.weight", [2, 8, 3, 3], spatialWeight),
            ("classifier.weight", [3, 6], classifierWeight), ("classifier.bias", [3], 0),
        ]
        let norms = [
            ("features.denseblock_1.denselayer_1.conv_1.norm", 4),
            ("features.denseblock_1.denselayer_1.conv_2.norm", 8), ("features.norm_last", 6),
        ]
        for (name, channels) in norms {
            for (part, value) in [("weight", 1), ("bias", 0.5), ("running_mean", 0), ("running_var", 1)] {
                tensors.append(("\(name).\(part)", [channels], Float(value)))
            }
        }
        var header: [String: Any] = [:]
        var data: [UInt8] = []
        for tensor in tensors {
            let start = data.count
            for _ in 0..<tensor.shape.reduce(1, *) {
                withUnsafeBytes(of: tensor.value.bitPattern.littleEndian) { data += $0 }
            }
            header[tensor.name] = ["dtype": "F32", "shape": tensor.shape, "data_offsets": [start, data.count]]
        }
        let json = [UInt8](try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys]))
        return withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init) + json + data
    }
}
