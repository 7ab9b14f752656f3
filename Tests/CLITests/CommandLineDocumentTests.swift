import TestSupport
import Testing

/// docs/command-line.md describes what the program's own help lists.
struct CommandLineDocumentTests {
    @Test(arguments: ["classify", "evaluate", "run", "inspect", "verify", "bench", "report"])
    func everyOptionIsDescribed(command: String) throws {
        let help = try condensenet(command, "--help")
        #expect(help.code == 0 && help.output.contains("OPTIONS:"))
        #expect(try CommandLinePage().disagreements(on: command, help: help.output) == [])
    }
}
