import Foundation

/// docs/command-line.md, beside what the programs' own help lists.
public struct CommandLinePage {
    /// The sections' texts by their titles.
    private let sections: [String: String]

    /// Reads the page.
    public init() throws {
        let page = try String(
            contentsOf: Fixture.root.appendingPathComponent("docs/command-line.md"), encoding: .utf8)
        var sections: [String: String] = [:]
        for part in page.components(separatedBy: "\n## ").dropFirst() {
            let lines = part.split(separator: "\n", maxSplits: 1)
            sections[String(lines[0])] = String(lines[1])
        }
        self.sections = sections
    }

    /// What the section of a command and the command's help disagree about: options that the section does not describe, and
    /// options in its usage that the command does not have.
    public func disagreements(on title: String, help: String) -> [String] {
        guard let section = sections[title], let listed = help.components(separatedBy: "OPTIONS:").last else {
            return [title]
        }
        let usage = section.components(separatedBy: "```").dropFirst().first ?? ""
        return Self.options(listed).subtracting(["--help", "--version"]).subtracting(Self.options(section)).sorted()
            + Self.options(usage).subtracting(Self.options(help)).sorted()
    }

    /// The names of JSON members in `output` that the section of a command does not mention.
    public func undescribed(in output: String, on title: String) -> [String] {
        let names = Set(output.matches(of: /"([a-z0-9_]+)":/).map { String($0.1) })
        let section = sections[title] ?? ""
        return names.filter { !section.contains("`\($0)`") && !section.contains("\"\($0)\"") }.sorted()
    }

    private static func options(_ text: String) -> Set<String> {
        Set(text.matches(of: /--[a-z0-9-]+/).map { String($0.0) })
    }
}
