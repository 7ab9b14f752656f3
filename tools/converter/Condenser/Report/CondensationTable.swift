import Foundations
import ModelFormat

/// What condensing removes: parameters and multiply-accumulates of the network as trained and as condensed, by part.
public struct CondensationTable: Equatable, Sendable {
    /// The cost of one part of a network.
    public struct Cost: Equatable, Sendable {
        /// Trained parameters, batch norms included.
        public var parameters = 0
        /// Multiply-accumulates of convolutions and linear layers.
        public var multiplyAccumulates = 0

        static func += (left: inout Cost, right: Cost) {
            left.parameters += right.parameters
            left.multiplyAccumulates += right.multiplyAccumulates
        }
    }

    /// One part of the network: the stem, a dense block, a transition that has a convolution, the classifier.
    public struct Row: Equatable, Sendable {
        /// The part's name.
        public var part: String
        /// As trained.
        public var dense: Cost
        /// As condensed.
        public var condensed: Cost
    }

    /// One row for each part, in execution order.
    public let rows: [Row]
    /// The whole network.
    public let total: Row

    /// - Parameter architecture: the condensed network's, with the features that its classifier keeps.
    public init(_ architecture: Architecture) {
        let dense = Self.costs(Graph(architecture.uncondensed))
        let condensed = Self.costs(Graph(architecture))
        rows = condensed.map { part, cost in
            Row(part: part, dense: dense.first { $0.part == part }!.cost, condensed: cost)
        }
        total = rows.reduce(into: Row(part: "total", dense: Cost(), condensed: Cost())) { total, row in
            total.dense += row.dense
            total.condensed += row.condensed
        }
    }

    /// The rows and their sum in aligned columns.
    ///
    /// - Parameter width: columns of the terminal, beyond which no line goes; `nil` for any number.
    public func text(width: Int? = nil) -> String {
        var table = TextTable([
            .left("part"), .right("parameters", rank: 1), .right("condensed"), .right("left"), .right("MACs", rank: 1),
            .right("condensed"), .right("left"),
        ])
        for row in rows + [total] {
            table.append([
                row.part, Format.grouped(row.dense.parameters), Format.grouped(row.condensed.parameters),
                Self.percentage(row.condensed.parameters, row.dense.parameters),
                Format.grouped(row.dense.multiplyAccumulates), Format.grouped(row.condensed.multiplyAccumulates),
                Self.percentage(row.condensed.multiplyAccumulates, row.dense.multiplyAccumulates),
            ])
        }
        return table.text(width: width)
    }

    private static func percentage(_ part: Int, _ whole: Int) -> String {
        whole == 0 ? "" : "\(Int((100 * Double(part) / Double(whole)).rounded()))%"
    }

    private static func costs(_ graph: Graph) -> [(part: String, cost: Cost)] {
        var parts: [(part: String, cost: Cost)] = []
        for step in graph.steps {
            let cost = Cost(
                parameters: step.source.parameters, multiplyAccumulates: graph.shapes(of: step).multiplyAccumulates)
            let part = Self.part(of: step.name)
            if parts.last?.part == part { parts[parts.count - 1].cost += cost } else { parts.append((part, cost)) }
        }
        return parts.filter { $0.cost != Cost() }
    }

    /// The stem, the block or transition, or the classifier with the batch norm before it.
    private static func part(of step: String) -> String {
        let names = step.split(separator: ".")
        guard names.count > 1, names[1] != "pool_last", names[1] != "se_last" else { return "classifier" }
        return String(names[1])
    }
}
