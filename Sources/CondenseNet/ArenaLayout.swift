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

    /// Floats after the last place that kernels read and ignore.
    private static let slack = 16

    let places: [String: Place]
    /// Floats of the whole arena.
    let floats: Int

    /// - Parameters:
    ///   - units: the graph's steps as they run; a value that only one unit touches inside has no place.
    ///   - retainsValues: gives every value memory of its own, so that all can be looked at after a run.
    /// - Throws: `ModelFormatError.limit` beyond `FormatLimits.arenaBytes`.
    init(_ graph: Graph, units: [PlanUnit], retainsValues: Bool) throws {
        var places: [Place] = []
        var named: [String: Place] = [:]
        let lifetimes = Self.lifetimes(graph, units)
        let bySize = graph.values.enumerated().sorted {
            ($1.element.shape.count, $0.offset) < ($0.element.shape.count, $1.offset)
        }
        for (_, value) in bySize {
            guard var lifetime = lifetimes[value.name] else { continue }
            if retainsValues { lifetime = 0...units.count }
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
        floats = (places.map(\.end).max() ?? 0) + Self.slack
        guard 4 * floats <= FormatLimits.arenaBytes else {
            throw ModelFormatError.limit(
                what: "bytes of activations", found: 4 * floats, limit: FormatLimits.arenaBytes)
        }
    }

    /// The units between which each value lives.
    private static func lifetimes(_ graph: Graph, _ units: [PlanUnit]) -> [String: ClosedRange<Int>] {
        var lifetimes = [graph.input: 0...0]
        func extend(_ name: String, to position: Int) {
            lifetimes[name] = (lifetimes[name]?.lowerBound ?? position)...position
        }
        for (position, unit) in units.enumerated() {
            for name in unit.steps.first!.inputs + [unit.steps.last!.output] { extend(name, to: position) }
        }
        extend(graph.output, to: units.count)
        return lifetimes
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

extension ArenaLayout.Place {
    /// The value's planes in an arena.
    func planes(_ arena: UnsafeMutablePointer<Float>) -> Planes { Planes(base: arena + offset, stride: planeStride) }
}
