import Foundation
import TestSupport
import Testing

/// docs/command-line.md describes what the program's own help lists.
struct CommandLineDocumentTests {
    /// The sections of the page, by their titles.
    private func sections() throws -> [String: String] {
        let page = try String(contentsOfFile: Shipped.path("docs/command-line.md"), encoding: .utf8)
        var sections: [String: String] = [:]
        for part in page.components(separatedBy: "\n## ").dropFirst() {
            let lines = part.split(separator: "\n", maxSplits: 1)
            sections[String(lines[0])] = String(lines[1])
        }
        return sections
    }

    @Test(arguments: ["classify", "evaluate", "run", "inspect", "verify", "bench", "report"])
    func everyOptionIsDescribed(command: String) throws {
        let help = try condensenet(command, "--help")
        #expect(help.code == 0)
        let listed = try #require(help.output.split(separator: "OPTIONS:").last)
        let options = Set(listed.matches(of: /--[a-z0-9-]+/).map { String($0.0) }).subtracting(["--help", "--version"])
        #expect(!options.isEmpty)
        let section = try #require(try sections()[command])
        for option in options { #expect(section.contains(option), "\(command) \(option)") }
        // And the page shows no option that the command does not have.
        let usage = try #require(section.components(separatedBy: "```").dropFirst().first)
        for match in usage.matches(of: /--[a-z0-9-]+/) {
            #expect(help.output.contains(match.0), "\(command) \(match.0)")
        }
    }
}
