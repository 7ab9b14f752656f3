/// The dense blocks, layers and transitions that a checkpoint's tensor names speak of.
struct LayerNames {
    /// The numbers of the layers, by the number of their block.
    private(set) var layers: [Int: Set<Int>] = [:]
    /// The transitions that have a convolution.
    private(set) var convolvedTransitions: Set<Int> = []

    init(_ names: [String]) {
        for name in names {
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count > 2, parts[0] == "features" else { continue }
            if let block = Self.number(parts[1], after: "denseblock_"),
                let layer = Self.number(parts[2], after: "denselayer_")
            {
                layers[block, default: []].insert(layer)
            } else if let transition = Self.number(parts[1], after: "transition_"), parts[2] == "conv" {
                convolvedTransitions.insert(transition)
            }
        }
    }

    /// The first name that a count from 1 would have to contain and does not, with one that comes later.
    func gaps() -> [CheckpointProblem] {
        func gap(_ prefix: String, _ numbers: [Int]) -> CheckpointProblem? {
            let sorted = numbers.sorted()
            guard let position = sorted.indices.first(where: { sorted[$0] != $0 + 1 }) else { return nil }
            return .gap(name: "\(prefix)\(position + 1)", after: "\(prefix)\(sorted[position])")
        }
        let blocks = gap("features.denseblock_", Array(layers.keys))
        return (blocks.map { [$0] } ?? [])
            + layers.keys.sorted().compactMap { gap("features.denseblock_\($0).denselayer_", Array(layers[$0]!)) }
    }

    /// The number in `PREFIXnumber`, a positive one written without leading zeros.
    private static func number(_ part: Substring, after prefix: String) -> Int? {
        guard part.hasPrefix(prefix), let number = Int(part.dropFirst(prefix.count)), number > 0,
            part.count == prefix.count + String(number).count
        else { return nil }
        return number
    }
}
