import ArgumentParser
import Foundations

/// Commands and options that are almost right.
enum Mistype {
    /// Refuses a first argument that stands where a command does and is none.
    ///
    /// - Throws: `CommandFailure` that names the commands, and the one that may be meant.
    static func check<Root: ParsableCommand>(_ arguments: [String], of root: Root.Type) throws {
        try checkOptions(arguments, of: root)
        // Without commands, what comes first is an argument.
        guard !root.configuration.subcommands.isEmpty else { return }
        guard let first = arguments.first, !first.isEmpty, !first.hasPrefix("-") else { return }
        let names = root.configuration.subcommands.compactMap { $0.configuration.commandName }
        guard !(names + ["help"]).contains(first) else { return }
        let isPath = first.contains("/") || Folder.kind(first) == .file || Folder.kind(first) == .folder
        let program = root.configuration.commandName ?? ""
        let similar = names.filter { isSimilar(first.lowercased(), $0) }.first
        if root.configuration.defaultSubcommand != nil {
            // Whatever is no command is the default command's: a file, most likely.
            guard !isPath, !first.contains("."), let similar else { return }
            throw CommandFailure(.usage, "\(first): no such command or file; perhaps \(program) \(similar)?")
        }
        let hint =
            isPath
            ? "a command comes first, such as \(program) \(names.first ?? "") \(arguments.prefix(4).joined(separator: " "))"
            : similar.map { "perhaps \($0)?" } ?? ""
        throw CommandFailure(
            .usage,
            "\(first.prefix(100)): expected a command, one of \(names.joined(separator: ", "))"
                + (hint.isEmpty ? "" : "; \(hint)"))
    }

    /// Refuses an option that is the beginning of a real one, which the parser of arguments would not name.
    private static func checkOptions<Root: ParsableCommand>(_ arguments: [String], of root: Root.Type) throws {
        let name = arguments.first ?? ""
        let command =
            root.configuration.subcommands.first { $0.configuration.commandName == name }
            ?? root.configuration.defaultSubcommand
            ?? (root.configuration.subcommands.isEmpty ? root as (any ParsableCommand.Type) : nil)
        guard let command else { return }
        let given = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") && $0.count > 3 }
        guard !given.isEmpty else { return }
        let words = root.helpMessage(for: command).split { $0.isWhitespace || $0 == "," || $0 == "[" || $0 == "]" }
        let options = Set(words.filter { $0.hasPrefix("--") })
        for argument in given {
            let option = argument.prefix { $0 != "=" }
            guard !options.contains(option), let meant = options.sorted().first(where: { $0.hasPrefix(option) }) else {
                continue
            }
            throw CommandFailure(.usage, "\(option): no such option; did you mean \(meant)?")
        }
    }

    /// Whether one is the beginning of the other, or becomes it by one or two slips of the finger.
    private static func isSimilar(_ typed: String, _ name: String) -> Bool {
        guard typed.count <= 40 else { return false }
        return typed.count >= 3 && name.hasPrefix(typed) || typed.hasPrefix(name)
            || distance(Array(typed), Array(name)) <= (name.count > 4 ? 2 : 1)
    }

    /// Letters to insert, delete, replace or swap with their neighbour.
    private static func distance(_ first: [Character], _ second: [Character]) -> Int {
        var rows = [Array(0...second.count)]
        for i in 0..<first.count {
            var row = [i + 1]
            for j in 0..<second.count {
                var best = min(rows[i][j] + (first[i] == second[j] ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
                    best = min(best, rows[i - 1][j - 1] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[first.count][second.count]
    }
}
