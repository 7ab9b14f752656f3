import Foundation
import Foundations
import ModelFormat

/// A text file with the name of one class on each line, or a list or dictionary of names as Python and JSON write them.
public enum LabelFile {
    /// The labels in the file at `path`, in UTF-8, with or without a byte order mark, and without the blanks around each; a
    /// line may end in CR LF, and the last need not end at all.
    ///
    /// - Throws: `ConversionError.labels` where there are not `classes` of them, one is empty or has control characters, or
    ///   the text is not UTF-8; `ModelFormatError` when the file cannot be read.
    public static func read(_ path: String, classes: Int) throws -> [String] {
        let storage: Storage
        do {
            storage = try FileInput.read(path, limit: FormatLimits.headerBytes)
        } catch let error as any CategorizedError where error.category == .badData {
            throw ConversionError.labels(
                path: path, expected: "a text of at most \(FormatLimits.headerBytes) bytes", found: "another file")
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = storage.withUnsafeBytes { bytes in
            String(validating: bytes.dropFirst(bytes.starts(with: mark) ? mark.count : 0), as: UTF8.self)
        }
        guard let text = content else {
            throw ConversionError.labels(path: path, expected: "UTF-8 text", found: "other bytes")
        }
        guard text.isStreamSafe else {
            throw ConversionError.labels(
                path: path, expected: "text", found: "more than 30 combining characters in a row")
        }
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
            .map { $0.trimmingCharacters(in: .whitespaces) }
        if lines.last == "" { lines.removeLast() }
        let blank = lines.count - classes
        if blank > 0, lines.suffix(blank).allSatisfy(\.isEmpty) {
            throw ConversionError.labels(
                path: path, expected: "\(classes) labels, one a class and line",
                found: blank == 1
                    ? "a blank line after them: remove it" : "\(blank) blank lines after them: remove them")
        }
        lines = try literal(text, path) ?? numbered(lines, path)
        guard lines.count == classes else {
            throw ConversionError.labels(
                path: path, expected: "\(classes) labels, one a class and line",
                found: "\(lines.count)" + hint(lines, classes))
        }
        if let empty = lines.firstIndex(where: \.isEmpty) {
            throw ConversionError.labels(
                path: path, expected: "a label on every line", found: "none on line \(empty + 1)")
        }
        if let unprintable = lines.firstIndex(where: { !$0.isPrintable }) {
            throw ConversionError.labels(
                path: path, expected: "labels without control characters",
                found: "\(lines[unprintable].onOneLine) on line \(unprintable + 1)")
        }
        return lines
    }

    /// What a wrong number of labels may come from.
    private static func hint(_ lines: [String], _ classes: Int) -> String {
        if lines.count == classes + 1, let first = lines.first?.lowercased(), ["background", "dummy"].contains(first) {
            return ", the first of them \"\(lines[0])\", which the network has no output for: remove it"
        }
        if classes == 1000, lines.count < classes {
            return
                " (the original code gives a network 1000 outputs whatever it was trained on, CIFAR aside: those without "
                + "a class mean nothing)"
        }
        return ""
    }

    /// The names in a list, or in a dictionary whose keys are their numbers; `nil` for a text that is neither.
    ///
    /// - Throws: `ConversionError.labels` where one begins and does not go on as such.
    private static func literal(_ text: String, _ path: String) throws -> [String]? {
        var rest = text[...].drop(while: \.isWhitespace)
        guard let open = rest.popFirst(), open == "{" || open == "[" else { return nil }
        let isDictionary = open == "{"
        let close: Character = isDictionary ? "}" : "]"
        func skip() { rest = rest.drop(while: \.isWhitespace) }
        func string() -> String? {
            guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
            rest.removeFirst()
            var string = ""
            while let character = rest.popFirst(), character != quote {
                string.append(character == "\\" ? rest.popFirst() ?? character : character)
            }
            return rest.isEmpty ? nil : string
        }
        skip()
        guard let first = rest.first, first == "'" || first == "\"" || isDictionary && first.isNumber else {
            return nil
        }
        var names: [Int: String] = [:]
        while rest.first != close {
            var key = "\(names.count)"
            if isDictionary {
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                rest.removeFirst(digits.count)
                key = digits.isEmpty ? string() ?? "" : String(digits)
                skip()
                guard rest.popFirst() == ":" else { throw malformed(path) }
                skip()
            }
            guard let number = Int(key), let name = string() else { throw malformed(path) }
            try add(name, number, to: &names, path)
            skip()
            guard rest.first == "," else { break }
            rest.removeFirst()
            skip()
        }
        guard rest.popFirst() == close, rest.allSatisfy(\.isWhitespace) else { throw malformed(path) }
        return try ordered(names, path)
    }

    private static func malformed(_ path: String) -> ConversionError {
        .labels(
            path: path, expected: "a list of names in quotes, or a dictionary of numbers and such names",
            found: "something else in it")
    }

    /// The labels of numbered lines, `0: name`, in the order of their numbers; other lines as they are. A tab or a comma
    /// counts as the colon where each line begins with a number and such a mark.
    ///
    /// - Throws: `ConversionError.labels` where some lines are numbered and others not, or numbers repeat or are left out.
    private static func numbered(_ lines: [String], _ path: String) throws -> [String] {
        for mark: Character in [":", "\t", ","] where !lines.isEmpty {
            var names: [Int: String] = [:]
            var others = 0
            for line in lines {
                let parts = line.split(separator: mark, maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                guard parts.count == 2, let number = Int(parts[0]), number >= 0 else {
                    others += 1
                    continue
                }
                try add(unquoted(parts[1]), number, to: &names, path)
            }
            guard names.count > (mark == ":" ? others : lines.count - 1) else { continue }
            guard others == 0 else {
                throw ConversionError.labels(
                    path: path, expected: "a number and a name on every line, as on the first",
                    found: "\(others) lines without")
            }
            return try ordered(names, path)
        }
        return lines
    }

    private static func add(_ name: String, _ number: Int, to names: inout [Int: String], _ path: String) throws {
        guard names.updateValue(name, forKey: number) == nil else {
            throw ConversionError.labels(path: path, expected: "each number once", found: "\(number) twice")
        }
    }

    /// Names in the order of their numbers, which begin at 0 or 1.
    private static func ordered(_ names: [Int: String], _ path: String) throws -> [String] {
        guard let lowest = names.keys.min(), lowest <= 1 else {
            throw ConversionError.labels(path: path, expected: "numbers from 0 or 1", found: "none")
        }
        return try (lowest..<(lowest + names.count)).map { number in
            guard let name = names[number] else {
                throw ConversionError.labels(
                    path: path, expected: "a name for every number", found: "none for \(number)")
            }
            return name
        }
    }

    /// A Python string's contents, or a bare name; a comma after it is left out.
    private static func unquoted(_ text: String) -> String {
        let text = text.hasSuffix(",") ? text.dropLast().trimmingCharacters(in: .whitespaces) : text
        guard text.count > 1, let quote = text.first, quote == text.last, quote == "'" || quote == "\"" else {
            return text
        }
        return text.dropFirst().dropLast().replacingOccurrences(of: "\\\(quote)", with: "\(quote)")
    }

    /// The labels that appear more than once, each named once, in their order.
    ///
    /// - Precondition: the labels are those of a file or built in: hashing others may take long.
    static func repeated(in labels: [String]) -> [String] {
        var counts: [String: Int] = [:]
        return labels.filter { label in
            counts[label, default: 0] += 1
            return counts[label] == 2
        }
    }
}
