/// What follows from the measured numbers.
extension BenchRecord {
    /// The steps of each kind, in the order in which the kinds first appear.
    package var kinds: [(kind: String, layers: [Layer])] {
        var kinds: [(kind: String, layers: [Layer])] = []
        var positions: [String: Int] = [:]
        for layer in layers {
            if let position = positions[layer.kind] {
                kinds[position].layers.append(layer)
            } else {
                positions[layer.kind] = kinds.count
                kinds.append((layer.kind, [layer]))
            }
        }
        return kinds
    }

    /// Loading and planning together.
    package var preparationMilliseconds: Double {
        (preparation["load_ms"]?.double ?? 0) + (preparation["plan_ms"]?.double ?? 0)
    }

    /// What the session itself needs: arena, packed weights and scratch.
    package var plannedBytes: Int {
        ["arena", "packed_weights", "scratch"].reduce(0) { $0 &+ (memory[$1]?.integer ?? 0) }
    }
}
