import Foundations
import ModelFormat

/// Seeded random tensors for an architecture file.
///
/// Weights are uniform with He's variance for their fan-in, so that activations neither vanish nor overflow however deep
/// the network; gathered channels are drawn without repetition within each group, as long as there are others, and sorted,
/// as condensing leaves them.
/// Each tensor has its own generator, seeded by its name, so that tensors do not depend on the order of reading.
public struct RandomTensors: TensorSource {
    private let specifications: [String: TensorSpecification]
    private let groups: [String: Int]
    /// Where values are bytes, the steps that sum them, by their names; empty elsewhere.
    private let sums: [String: QuantizedSums]
    private let seed: UInt64

    /// The tensors that `graph` names; equal seeds give equal tensors.
    ///
    /// - Parameter isQuantized: whether values and weights are bytes.
    /// - Precondition: `graph` has passed `validate`, and `validateQuantized` where values are bytes.
    public init(_ graph: Graph, isQuantized: Bool = false, seed: UInt64) {
        let tensors = isQuantized ? graph.quantizedTensors : graph.tensors
        specifications = Dictionary(tensors.map { ($0.name, $0) }) { first, _ in first }
        sums = isQuantized ? QuantizedSums.all(graph) : [:]
        var groups: [String: Int] = [:]
        for step in graph.steps {
            switch step.operation {
            case let convolution as Convolution: groups["\(step.name).index"] = convolution.groups
            case let accumulation as Accumulation:
                for role in ["index", "destinations"] { groups["\(step.name).\(role)"] = accumulation.groups }
            default: break
            }
        }
        self.groups = groups
        self.seed = seed
    }

    /// The elements of tensor `name`, in C order.
    ///
    /// - Throws: `ModelFormatError.tensor` unless the graph names the tensor, and it is not an index; `MemoryError`.
    public func floats(_ name: String) throws -> StoredArray<Float> {
        let specification = try specification(name)
        let (center, bound): (Float, Float)
        switch specification.role {
        case .multiplier: (center, bound) = (sums(name).multiplier, 0)
        case .offset: (center, bound) = sums(name).offset
        case .outputScale: (center, bound) = (QuantizedSums.scale, 0)
        case .weight, .squeeze, .excite:
            let fanIn = specification.shape.dropFirst().reduce(1, *)
            (center, bound) = (0, (6 / Float(max(fanIn, 1))).squareRoot())
        case .scale: (center, bound) = (1, 0.25)
        case .bias, .shift: (center, bound) = (0, 0.1)
        case .index, .destinations, .lower, .upper, .pad, .outputZero:
            throw ModelFormatError.tensor(name: name, expected: "a tensor of numbers", found: "one of integers")
        }
        return try StoredArray(count: specification.count) { floats in
            var generator = generator(for: name)
            for position in floats.indices { floats[position] = center + bound * generator.nextFloat() }
        }
    }

    /// The bytes of tensor `name`, in C order.
    ///
    /// - Throws: `ModelFormatError.tensor` unless the graph names the tensor, and it is one of bytes; `MemoryError`.
    public func bytes(_ name: String) throws -> StoredArray<Int8> {
        let specification = try specification(name)
        guard specification.elements == .bytes else {
            throw ModelFormatError.tensor(name: name, expected: "a tensor of bytes", found: "one of others")
        }
        let (center, bound): (Float, Float) =
            switch specification.role {
            case .weight: (0, 127)
            case .lower: (0, 20)
            case .upper: (127, 0)
            default: (Float(sums(name).zero), 0)
            }
        return try StoredArray(count: specification.count) { bytes in
            var generator = generator(for: name)
            for position in bytes.indices { bytes[position] = Int8(center + bound * generator.nextFloat()) }
        }
    }

    private func sums(_ tensor: String) -> QuantizedSums {
        tensor.lastIndex(of: ".").flatMap { sums[String(tensor[..<$0])] } ?? QuantizedSums()
    }

    /// The channels that tensor `name` names, group after group.
    ///
    /// - Throws: `ModelFormatError.tensor` unless the graph names the tensor, and it is an index; `MemoryError`.
    public func indices(_ name: String) throws -> StoredArray<Int32> {
        let specification = try specification(name)
        guard specification.role.isIndex else {
            throw ModelFormatError.tensor(name: name, expected: "a tensor of indices", found: "one of numbers")
        }
        let channels = specification.channels.count
        let lowest = Int32(specification.channels.lowerBound)
        let groups = groups[name] ?? 1
        let perGroup = specification.count / groups
        let memory = try Storage(byteCount: channels * MemoryLayout<Int32>.stride)
        defer { withExtendedLifetime(memory) {} }
        return try StoredArray(count: specification.count) { indices in
            // Each group draws on from the order in which the one before it left the channels.
            let order = memory.bytes.bindMemory(to: Int32.self)
            for channel in order.indices { order[channel] = Int32(channel) }
            var generator = generator(for: name)
            for group in 0..<groups {
                let first = group * perGroup
                for drawn in 0..<perGroup {
                    let place = drawn % channels
                    order.swapAt(place, Int.random(in: place..<channels, using: &generator))
                    indices[first + drawn] = lowest + order[place]
                }
                indices[first..<first + perGroup].sort()
            }
        }
    }

    private func specification(_ name: String) throws -> TensorSpecification {
        guard let specification = specifications[name] else {
            throw ModelFormatError.tensor(name: name, expected: "a tensor of the graph", found: "none of this name")
        }
        return specification
    }

    private func generator(for name: String) -> SplitMix64 {
        // FNV-1a
        let hash = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        return SplitMix64(seed: hash ^ seed)
    }
}
