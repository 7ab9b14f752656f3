import Foundation

/// Rows of text in aligned columns.
public struct TextTable {
    /// On which side of its column a cell stands.
    public enum Alignment: Sendable { case left, right }

    private let alignments: [Alignment]
    private var rows: [[String]] = []

    /// No rows yet.
    public init(_ alignments: [Alignment]) { self.alignments = alignments }

    /// Adds a row; missing cells at its end are empty.
    ///
    /// - Precondition: there are no more cells than columns.
    public mutating func add(_ cells: String...) { add(cells) }

    /// Adds a row; missing cells at its end are empty.
    ///
    /// - Precondition: there are no more cells than columns.
    public mutating func add(_ cells: [String]) {
        precondition(cells.count <= alignments.count)
        rows.append(cells + Array(repeating: "", count: alignments.count - cells.count))
    }

    /// The rows, each a line ended by a newline, columns two spaces apart, no spaces at the ends of lines.
    public var text: String {
        let widths = alignments.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for column in row.indices {
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                line +=
                    (column == 0 ? "" : "  ")
                    + (alignments[column] == .left ? row[column] + padding : padding + row[column])
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

extension Double {
    /// At most `digits` significant digits, without trailing zeros and without an exponent where that is short.
    func significant(_ digits: Int) -> String { String(format: "%.\(digits)g", self) }
}

/// `number` with a comma between thousands.
public func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = number < 0 ? "-" : ""
    for (position, digit) in digits.enumerated() {
        if position > 0, (digits.count - position).isMultiple(of: 3) { text += "," }
        text.append(digit)
    }
    return text
}
