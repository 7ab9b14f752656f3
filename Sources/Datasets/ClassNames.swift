import Foundations

/// What the network that is evaluated tells apart.
package struct NetworkClasses: Sendable {
    /// How many classes.
    package let count: Int
    /// Their names; empty where they have none.
    package let labels: [String]
    private let exact: [String: [Int]]
    private let similar: [String: [Int]]

    package init(count: Int, labels: [String]) {
        self.count = count
        self.labels = labels
        exact = Dictionary(labels.enumerated().map { ($1, [$0]) }, uniquingKeysWith: +)
        similar = Dictionary(labels.enumerated().map { (Self.simplified($1), [$0]) }, uniquingKeysWith: +)
    }

    /// The class that `name` names: as its label is written, else whatever its case, blanks, `_`, `-` and `/`. A name of
    /// two classes names neither.
    package func index(named name: String) -> Int? {
        if let classes = exact[name] { return classes.count == 1 ? classes[0] : nil }
        let classes = similar[Self.simplified(name)] ?? []
        return classes.count == 1 ? classes[0] : nil
    }

    private static func simplified(_ name: String) -> String {
        String(name.lowercased().filter { !$0.isWhitespace && !"_-/".contains($0) })
    }
}

/// In which order folders that no label names stand for the classes.
package enum ClassOrder: String, CaseIterable, Sendable {
    /// By the bytes of their names, as torchvision's `ImageFolder` numbers them: 1, 10, 2.
    case name
    /// Numbers in names by their value: 1, 2, 10.
    case natural

    /// `names` in this order.
    package func sorted(_ names: [String]) -> [String] {
        names.sorted {
            self == .natural
                ? Self.precedes(Array($0.utf8), Array($1.utf8)) : $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }

    private static func precedes(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        var (i, j) = (0, 0)
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        func number(_ bytes: [UInt8], _ position: inout Int) -> ArraySlice<UInt8> {
            let start = position
            while position < bytes.count, isDigit(bytes[position]) { position += 1 }
            return bytes[start..<position].drop { $0 == 0x30 }
        }
        while i < first.count, j < second.count {
            if isDigit(first[i]), isDigit(second[j]) {
                let (one, other) = (number(first, &i), number(second, &j))
                if one.count != other.count { return one.count < other.count }
                if !one.elementsEqual(other) { return one.lexicographicallyPrecedes(other) }
            } else if first[i] != second[j] {
                return first[i] < second[j]
            } else {
                (i, j) = (i + 1, j + 1)
            }
        }
        return first.count - i == second.count - j
            ? first.lexicographicallyPrecedes(second) : first.count - i < second.count - j
    }
}

/// A file that says which class each folder of images is.
package struct LabelsMap: Sendable {
    private let path: String
    private let entries: [(folder: String, value: String)]

    /// Reads JSON, an object of folders' names with a class's number or label each, or lines of text: a folder's name, then a
    /// tab, `=`, `:`, a comma or a blank, then the number or the label.
    ///
    /// - Throws: `DatasetError`.
    package init(path: String) throws {
        self.path = path
        let text = try SmallTextFile.read(path)
        entries = try text.drop { $0.isWhitespace }.first == "{" ? Self.json(text, path) : Self.lines(text, path)
        var seen: Set<String> = []
        for entry in entries where !seen.insert(entry.folder).inserted {
            throw DatasetError.unexpected(path: path, expected: "each folder once", found: "\(entry.folder) twice")
        }
    }

    private static func json(_ text: String, _ path: String) throws -> [(folder: String, value: String)] {
        let value: JSONValue
        do {
            value = try JSONValue.parse(Array(text.utf8), source: path)
        } catch let error as any CategorizedError {
            throw DatasetError.file(path: path, cause: error)
        }
        guard case .object(let members) = value else { return [] }
        return try members.map { member in
            if let number = member.value.integer { return (member.name, "\(number)") }
            guard let label = member.value.string else {
                throw DatasetError.unexpected(
                    path: path, expected: "a class's number or label for \(member.name)", found: member.value.kind)
            }
            return (member.name, label)
        }
    }

    private static func lines(_ text: String, _ path: String) throws -> [(folder: String, value: String)] {
        try text.split(whereSeparator: \.isNewline).enumerated().compactMap { number, line in
            let line = trimmed(line)
            guard !line.isEmpty, !line.hasPrefix("#") else { return nil }
            let end = "\t=:, ".lazy.compactMap { line.firstIndex(of: $0) }.first
            guard let end else {
                throw DatasetError.unexpected(
                    path: path, expected: "a folder's name and its class on line \(number + 1)", found: "one word")
            }
            return (String(trimmed(line[..<end])), String(trimmed(line[line.index(after: end)...])))
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    /// The class of each of `folders`.
    ///
    /// - Throws: `DatasetError` for a folder that the file leaves out, and for a class that the network does not have.
    func indices(of folders: [String], _ classes: NetworkClasses) throws -> [Int] {
        let values = Dictionary(uniqueKeysWithValues: entries.map { ($0.folder, $0.value) })
        return try folders.map { folder in
            guard let value = values[folder] else {
                throw DatasetError.unexpected(path: path, expected: "a class for the folder \(folder)", found: "none")
            }
            if let index = classes.index(named: value) { return index }
            guard let index = Int(value), (0..<classes.count).contains(index) else {
                throw DatasetError.unexpected(
                    path: path, expected: "one of the network's \(classes.count) classes for \(folder)", found: value)
            }
            return index
        }
    }
}

/// Text files that people write.
enum SmallTextFile {
    /// The file's text.
    ///
    /// - Throws: `DatasetError` for a file that is missing, over 16 MiB, or not UTF-8.
    static func read(_ path: String) throws -> String {
        do {
            let file = try FileInput.read(path, limit: 16 << 20)
            guard let text = file.withUnsafeBytes({ String(validating: $0, as: UTF8.self) }) else {
                throw DatasetError.unexpected(path: path, expected: "UTF-8 text", found: "other bytes")
            }
            return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        } catch let error as DatasetError {
            throw error
        } catch let error as any CategorizedError {
            throw DatasetError.file(path: path, cause: error)
        }
    }
}
