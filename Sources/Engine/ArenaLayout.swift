import ModelFormat

/// Where each value lives in the arena: values whose lifetimes do not meet share memory.
public struct ArenaLayout: Sendable {
    /// Bytes after the last place that kernels read and ignore.
    private static let slack = 64

    /// The values' places by name.
    public let places: [String: Place]
    /// Bytes of the whole arena.
    public let byteCount: Int

    /// - Parameters:
    ///   - units: the graph's steps as they run; a value that only one unit touches inside has no place.
    ///   - elementBytes: bytes of each value's elements.
    ///   - outputBytes: bytes of the logits' elements; `nil` for those of all others.
    ///   - retainsValues: gives every value memory of its own, so that all can be looked at after a run.
    /// - Throws: `ModelFormatError.limit` beyond `FormatLimits.arenaBytes`.
    package init(
        _ graph: Graph, units: [PlanUnit], elementBytes: Int = 4, outputBytes: Int? = nil, retainsValues: Bool
    ) throws {
        var places: [Place] = []
        var named: [String: Place] = [:]
        let lifetimes = Self.lifetimes(graph, units)
        let bySize = graph.values.enumerated().sorted {
            ($1.element.shape.count, $0.offset) < ($0.element.shape.count, $1.offset)
        }
        for (_, value) in bySize {
            guard var lifetime = lifetimes[value.name] else { continue }
            if retainsValues { lifetime = 0...units.count }
            let bytes = value.name == graph.output ? outputBytes ?? elementBytes : elementBytes
            let place = Self.place(value.shape, bytes, lifetime, among: places)
            places.insert(place, at: places.firstIndex { $0.offset > place.offset } ?? places.endIndex)
            named[value.name] = place
        }
        self.places = named
        byteCount = (places.map(\.end).max() ?? 0) + Self.slack
        guard byteCount <= FormatLimits.arenaBytes else {
            throw ModelFormatError.limit(
                what: "bytes of activations", found: byteCount, limit: FormatLimits.arenaBytes)
        }
    }

    /// The lowest gap for a value that no living one occupies; `places` is ordered by offset.
    private static func place(
        _ shape: PlaneShape, _ elementBytes: Int, _ lifetime: ClosedRange<Int>, among places: [Place]
    ) -> Place {
        // Vectors (planes of one pixel) are dense, so that a linear layer reads them as they are.
        let planeStride =
            shape.pixels == 1 ? 1 : recommendedPlaneStride(pixels: shape.pixels, elementBytes: elementBytes)
        func place(at offset: Int) -> Place {
            Place(
                shape: shape, offset: offset, planeStride: planeStride, elementBytes: elementBytes, lifetime: lifetime)
        }
        let byteCount = place(at: 0).byteCount
        var offset = 0
        for other in places where other.lifetime.overlaps(lifetime) {
            if other.offset >= offset + byteCount { break }
            offset = max(offset, other.end)
        }
        return place(at: offset)
    }

    /// The units between which each value lives.
    private static func lifetimes(_ graph: Graph, _ units: [PlanUnit]) -> [String: ClosedRange<Int>] {
        var lifetimes = [graph.input: 0...0]
        func extend(_ name: String, to position: Int) {
            lifetimes[name] = (lifetimes[name]?.lowerBound ?? position)...position
        }
        for (position, unit) in units.enumerated() {
            for name in unit.values { extend(name, to: position) }
        }
        extend(graph.output, to: units.count)
        return lifetimes
    }

    /// The place of value `name`.
    ///
    /// - Precondition: a unit reads or writes it.
    public subscript(name: String) -> Place { places[name]! }
}
