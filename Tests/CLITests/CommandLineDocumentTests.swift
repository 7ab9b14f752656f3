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

    @Test func everyMemberOfAFrameIsDescribed() throws {
        let image = Fixture.path("image-formats/jpeg-420.jpg")
        let json = try Program.run(
            "condensenet", ["classify", Shipped.model, "--frames", "mjpeg", "-"], shell: "cat '\(image)' | \"$@\"")
        #expect(json.code == 0 && json.output.contains("\":"))
        #expect(try CommandLinePage().undescribed(in: json.output, on: "classify") == [])
    }

    @Test(arguments: [
        ["inspect", Shipped.model, "--json", "--plan"], ["classify", Shipped.model, Shipped.sample("bag"), "--json"],
        ["evaluate", Shipped.model, EvaluateTests.fashionMNIST, "--limit", "50", "--json"],
    ])
    func everyMemberIsDescribed(arguments: [String]) throws {
        let json = try condensenet(arguments)
        #expect(json.code == 0 && json.output.contains("\":"))
        #expect(try CommandLinePage().undescribed(in: json.output, on: arguments[0]) == [])
    }
}
