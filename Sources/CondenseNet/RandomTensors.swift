import ModelFormat

/// Seeded random tensors for an architecture file.
///
/// Weights are uniform with He's variance for their fan-in, so that activations neither vanish nor overflow however deep
/// the network; gathered channels are drawn without repetition within each group and sorted, as condensing leaves them.
/// Each tensor has its own generator, seeded by its name, so that tensors do not depend on the order of reading.
public struct RandomTensors: TensorSource {
    private let specifications: [String: TensorSpecification]
    private let groups: [String: Int]
    private let seed: UInt64

    /// - Precondition: `graph` has passed `validate`.
    public init(_ graph: Graph, seed: UInt64) {
        specifications = Dictionary(uniqueKeysWithValues: graph.tensors.map { ($0.name, $0) })
        var groups: [String: Int] = [:]
        for step in graph.steps {
            if case .convolution(let convolution) = step.operation { groups["\(step.name).index"] = convolution.groups }
        }
        self.groups = groups
        self.seed = seed
    }

    /// The elements of tensor `name`, in C order.
    ///
    /// - Precondition: the graph names the tensor.
    public func floats(_ name: String) -> [Float] {
        let specification = specifications[name]!
        var generator = generator(for: name)
        switch specification.role {
        case .weight:
            let fanIn = specification.shape.dropFirst().reduce(1, *)
            let bound = (6 / Float(max(fanIn, 1))).squareRoot()
            return (0..<specification.count).map { _ in generator.nextFloat() * bound }
        case .scale: return (0..<specification.count).map { _ in 1 + 0.25 * generator.nextFloat() }
        case .bias, .shift, .index: return (0..<specification.count).map { _ in 0.1 * generator.nextFloat() }
        }
    }

    /// The gathered channels of tensor `name`, group after group.
    ///
    /// - Precondition: the graph names the tensor.
    public func indices(_ name: String) -> [Int32] {
        let specification = specifications[name]!
        var generator = generator(for: name)
        let groups = groups[name] ?? 1
        let perGroup = specification.count / groups
        return (0..<groups).flatMap { _ in
            var channels: [Int32] = []
            while channels.count < perGroup {
                let pass = (0..<Int32(specification.indexBound)).shuffled(using: &generator)
                channels += pass.prefix(perGroup - channels.count)
            }
            return channels.sorted()
        }
    }

    private func generator(for name: String) -> SplitMix64 {
        // FNV-1a
        let hash = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        return SplitMix64(seed: hash ^ seed)
    }
}
