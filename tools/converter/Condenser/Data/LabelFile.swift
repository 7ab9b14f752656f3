import Foundation
import Foundations
import ModelFormat

/// A text file with the name of one class on each line.
public enum LabelFile {
    /// The labels in the file at `path`, in UTF-8, with or without a byte order mark, and without the blanks around each; a
    /// line may end in CR LF, and the last need not end at all.
    ///
    /// - Throws: `ConversionError.labels` where there are not `classes` of them, one is empty or has control characters, or
    ///   the text is not UTF-8; `ModelFormatError` when the file cannot be read.
    public static func read(_ path: String, classes: Int) throws -> [String] {
        let storage = try FileInput.read(path, limit: FormatLimits.headerBytes)
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
        guard lines.count == classes else {
            throw ConversionError.labels(
                path: path, expected: "\(classes) labels, one a class and line", found: "\(lines.count)")
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
