/// A row of a table that stands in a test as text, such as what each of several networks must give.
public struct TableRow: Sendable, CustomStringConvertible {
    /// What stands between blanks.
    public let fields: [String]

    /// The rows of a text, one a line, without lines that are blank.
    public static func rows(_ text: String) -> [TableRow] {
        text.split(separator: "\n").map { TableRow(fields: $0.split(separator: " ").map(String.init)) }
            .filter { !$0.fields.isEmpty }
    }

    /// The first field, which names the row.
    public var description: String { fields[0] }

    /// A field as text.
    public subscript(text column: Int) -> String { fields[column] }

    /// A field as a whole number, whose digits may be grouped by underscores.
    public subscript(column: Int) -> Int { Int(fields[column].replacing("_", with: ""))! }

    /// A field as whole numbers that hyphens separate.
    public subscript(list column: Int) -> [Int] { fields[column].split(separator: "-").map { Int($0)! } }
}
