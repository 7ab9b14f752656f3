/// Rows of text in aligned columns, as wide as they need to be or as a terminal lets them be.
package struct TextTable {
    /// On which side of its column a cell stands.
    package enum Alignment: Sendable { case left, right }

    /// What a column holds, and what becomes of it where there is little room.
    package struct Column: Sendable {
        let title: String
        let alignment: Alignment
        /// Columns of the highest rank are left out first; those of rank 0 never.
        let rank: Int

        /// A column of words, which are shortened where nothing is left to leave out.
        package static func left(_ title: String, rank: Int = 0) -> Column {
            Column(title: title, alignment: .left, rank: rank)
        }

        /// A column of numbers.
        package static func right(_ title: String, rank: Int = 0) -> Column {
            Column(title: title, alignment: .right, rank: rank)
        }
    }

    private let columns: [Column]
    private let hasTitles: Bool
    private var rows: [[String]] = []

    /// A table with a row of titles and a rule below it.
    package init(_ columns: [Column]) {
        self.columns = columns
        hasTitles = true
    }

    /// A table without titles.
    package init(untitled alignments: [Alignment]) {
        columns = alignments.map { Column(title: "", alignment: $0, rank: 0) }
        hasTitles = false
    }

    /// Adds a row; missing cells at its end are empty.
    ///
    /// - Precondition: there are no more cells than columns.
    package mutating func append(_ cells: [String]) {
        precondition(cells.count <= columns.count)
        rows.append(cells + Array(repeating: "", count: columns.count - cells.count))
    }

    /// The titles, a rule and the rows, each a line, in columns two apart.
    ///
    /// - Parameter width: columns of the terminal; `nil` leaves nothing out. No line is wider: columns are left out by
    ///   their rank, which a last line says, then words are shortened.
    package func text(width: Int? = nil) -> String {
        var widths = columns.indices.map { column in
            max(columns[column].title.displayWidth, rows.map { $0[column].displayWidth }.max() ?? 0)
        }
        var shown = Array(columns.indices)
        var left: [Int] = []
        var total: Int { shown.reduce(0) { $0 + widths[$1] } + 2 * max(shown.count - 1, 0) }
        if let width {
            while total > width, let rank = shown.map({ columns[$0].rank }).max(), rank > 0 {
                let column = shown.last { columns[$0].rank == rank }!
                shown.removeAll { $0 == column }
                left.append(column)
            }
            while total > width, let column = widest(of: shown, widths) { widths[column] -= 1 }
        }
        var text = ""
        if hasTitles {
            text += line(columns.map(\.title), shown, widths, width)
            text += line(widths.map { String(repeating: "─", count: $0) }, shown, widths, width)
        }
        for row in rows { text += line(row, shown, widths, width) }
        if !left.isEmpty, let width {
            let titles = left.sorted().map { columns[$0].title }.joined(separator: ", ")
            text += "(too narrow for: \(titles))".wrapped(width: width) + "\n"
        }
        return text
    }

    /// The titles and the rows as a table of Markdown.
    package var markdown: String {
        func line(_ cells: [String]) -> String {
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
        }
        let rule = columns.map { $0.alignment == .left ? ":--" : "--:" }
        return line(columns.map(\.title)) + line(rule) + rows.map(line).joined()
    }

    /// Of the columns of words, the one that can best do with less.
    private func widest(of shown: [Int], _ widths: [Int]) -> Int? {
        let column = shown.filter { columns[$0].alignment == .left }.max { widths[$0] < widths[$1] }
        return column.flatMap { widths[$0] > 6 ? $0 : nil }
    }

    private func line(_ cells: [String], _ shown: [Int], _ widths: [Int], _ width: Int?) -> String {
        var line = ""
        for (position, column) in shown.enumerated() {
            let cell = cells[column].shortened(to: widths[column])
            let padding = String(repeating: " ", count: max(widths[column] - cell.displayWidth, 0))
            if position > 0 { line += "  " }
            line += columns[column].alignment == .left ? cell + padding : padding + cell
        }
        while line.last == " " { line.removeLast() }
        return (width.map { line.shortened(to: $0) } ?? line) + "\n"
    }
}
