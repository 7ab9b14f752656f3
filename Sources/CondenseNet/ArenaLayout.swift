import Kernels
import ModelFormat

/// Where each value lives in the arena: values whose lifetimes do not meet share memory.
struct ArenaLayout: Sendable {
    /// A value's place.
    struct Place: Equatable, Sendable {
        let shape: PlaneShape
        /// Floats from the arena's start.
        let offset: Int
        /// Floats from one plane to the next.
        let planeStride: Int
        /// The steps from the first write to the last read.
        let lifetime: ClosedRange<Int>

        var end: Int { offset + ArenaLayout.floats(shape, planeStride: planeStride) }
    }

    let places: [String: Place]
    /// Floats of the whole arena.
    let floats: Int

    /// - Parameter retainsValues: gives every value memory of its own, so that all can be looked at after a run.
    /// - Throws: `ModelFormatError.limit` beyond `FormatLimits.arenaBytes`.
    init(_ graph: Graph, retainsValues: Bool) throws {
        var places: [Place] = []
        var named: [String: Place] = [:]
        let lifetimes = Self.lifetimes(graph)
        let bySize = graph.values.enumerated().sorted {
            ($1.element.shape.count, $0.offset) < ($0.element.shape.count, $1.offset)
        }
        for (_, value) in bySize {
            let lifetime = retainsValues ? 0...graph.steps.count : lifetimes[value.name]!
            let planeStride = Self.planeStride(value.shape)
            let count = Self.floats(value.shape, planeStride: planeStride)
            // The lowest gap that no living value occupies; `places` is ordered by offset.
            var offset = 0
            for other in places where other.lifetime.overlaps(lifetime) {
                if other.offset >= offset + count { break }
                offset = max(offset, other.end)
            }
            let place = Place(shape: value.shape, offset: offset, planeStride: planeStride, lifetime: lifetime)
            places.insert(place, at: places.firstIndex { $0.offset > offset } ?? places.endIndex)
            named[value.name] = place
        }
        self.places = named
        floats = places.map(\.end).max() ?? 0
        guard 4 * floats <= FormatLimits.arenaBytes else {
            throw ModelFormatError.limit(
                what: "bytes of activations", found: 4 * floats, limit: FormatLimits.arenaBytes)
        }
    }

    private static func lifetimes(_ graph: Graph) -> [String: ClosedRange<Int>] {
        var first: [String: Int] = [graph.input: 0]
        var last: [String: Int] = [graph.output: graph.steps.count]
        for (position, step) in graph.steps.enumerated() {
            if first[step.output] == nil { first[step.output] = position }
            var touched = [step.input, step.output]
            if case .addition(let addition) = step.operation { touched.append(addition.other) }
            for name in touched { last[name] = max(last[name] ?? 0, position) }
        }
        return first.merging(last) { lower, _ in lower }.keys.reduce(into: [:]) { lifetimes, name in
            let start = first[name] ?? 0
            lifetimes[name] = start...max(last[name] ?? start, start)
        }
    }

    /// Vectors (planes of one pixel) are dense, so that a linear layer reads them as they are.
    private static func planeStride(_ shape: PlaneShape) -> Int {
        shape.pixels == 1 ? 1 : recommendedPlaneStride(pixels: shape.pixels)
    }

    /// Floats of a value, up to a whole number of cache lines.
    fileprivate static func floats(_ shape: PlaneShape, planeStride: Int) -> Int {
        (shape.channels * planeStride + 15) / 16 * 16
    }
}
