import Foundations
import Foundation
import ModelFormat

/// A comparison of two evaluations of one network, layer by layer, and the verdict on it.
public struct Verification: Sendable {
    /// The comparison of one layer, over all images seen.
    public struct Row: Equatable, Sendable {
        /// The layer's name in the source network.
        public var layer: String
        /// The shape of its output.
        public var shape: PlaneShape
        /// The largest absolute difference of two numbers; infinite where one is not finite or is missing.
        public var difference: Double
        /// The largest difference relative to the layer's magnitude for the same image; see `LayerOutput.scale`.
        public var relativeDifference: Double
        /// Whether the relative difference is within the tolerance.
        public var passes: Bool
    }

    /// Differences up to this are none: single precision has no normal numbers much smaller.
    static let floor = 1e-30

    /// The largest accepted difference, relative to a layer's magnitude.
    public let tolerance: Double
    /// One row for each layer, in the order of their first comparison.
    public private(set) var rows: [Row] = []
    private var positions: [String: Int] = [:]

    /// - Precondition: the tolerance is positive.
    public init(tolerance: Double) {
        precondition(tolerance > 0)
        self.tolerance = tolerance
    }

    /// Compares a layer's output for one image.
    ///
    /// - Parameters:
    ///   - layer: what the source network computes.
    ///   - found: what is to be verified, `[C, H, W]`; `nil` when nothing was computed, which fails, as does another count.
    public mutating func compare(_ layer: SourceEvaluator.LayerOutput, with found: [Float]?) {
        let magnitude = max(layer.scale, Self.floor / tolerance)
        var difference = found?.count == layer.values.count ? 0 : Double.infinity
        if difference == 0, let found {
            for (expected, found) in zip(layer.values, found) {
                let distance = (Double(found) - expected).magnitude
                difference = max(difference, distance.isFinite ? distance : .infinity)
            }
        }
        let relativeDifference = difference == 0 ? 0 : difference.isFinite ? difference / magnitude : .infinity
        let position = positions[layer.name] ?? rows.count
        if position == rows.count {
            positions[layer.name] = position
            rows.append(
                Row(layer: layer.name, shape: layer.shape, difference: 0, relativeDifference: 0, passes: true))
        }
        rows[position].difference = max(rows[position].difference, difference)
        rows[position].relativeDifference = max(rows[position].relativeDifference, relativeDifference)
        rows[position].passes = rows[position].relativeDifference <= tolerance
    }

    /// Whether something was compared and everything passed.
    public var passes: Bool { !rows.isEmpty && rows.allSatisfy(\.passes) }

    /// The row with the largest relative difference, the first of them.
    public var worst: Row? {
        rows.reduce(nil) { worst, row in
            guard let worst, worst.relativeDifference >= row.relativeDifference else { return row }
            return worst
        }
    }
}

extension Verification {
    /// The rows as aligned columns under a line of titles, each line ended by a newline.
    ///
    /// - Parameter width: columns of the terminal, beyond which no line goes; `nil` for any number.
    public func table(width: Int? = nil) -> String {
        var table = TextTable([
            .left("layer"), .right("shape", rank: 1), .right("max |difference|"), .right("relative"), .left(""),
        ])
        for row in rows {
            table.append([
                row.layer, row.shape.description, Self.text(row.difference), Self.text(row.relativeDifference),
                row.passes ? "pass" : "FAIL",
            ])
        }
        return table.text(width: width)
    }

    /// One line, without a newline, that says whether the networks compute the same and how far apart they are at most.
    public var verdict: String {
        guard let worst else { return "not verified: nothing was compared" }
        let bound = Self.text(tolerance)
        let failures = rows.filter { !$0.passes }
        guard let first = failures.first else {
            return "verified: all \(rows.count) layers within \(bound) of the source network, "
                + "at most \(Self.text(worst.relativeDifference)) (\(worst.layer))"
        }
        return "not verified: \(failures.count) of \(rows.count) layers differ from the source network by more than "
            + "\(bound), the first \(first.layer) by \(Self.text(first.relativeDifference))"
    }

    private static func text(_ number: Double) -> String {
        number == 0 ? "0" : String(format: "%.1e", number)
    }
}
