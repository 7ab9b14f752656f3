import Foundation
import TestSupport
import Testing

/// What the program says of arguments that are almost right.
struct HintTests {
    @Test(arguments: [
        ("clasify", "perhaps classify?"), ("Classify", "perhaps classify?"), ("eval", "perhaps evaluate?"),
        ("bnech", "perhaps bench?"), ("benchmark", "perhaps bench?"),
        ("nonsense", "expected a command, one of classify, evaluate, run, inspect, verify, bench, report\n"),
    ])
    func mistypedCommands(command: String, hint: String) throws {
        expectFailure(try condensenet(command, "a", "b"), 64, hint)
    }

    @Test func aFileInsteadOfACommand() throws {
        expectFailure(
            try condensenet(Shipped.model, "photo.jpg"), 64,
            "a command comes first, such as condensenet classify \(Shipped.model) photo.jpg")
    }

    @Test(arguments: ["classify", "evaluate"]) func swappedArguments(command: String) throws {
        let image = try condensenet(command, Shipped.sample("bag"), Shipped.model)
        expectFailure(image, 65, "the model comes first, then the images or the data set")
        let folder = try TemporaryFolder()
        let swapped = try condensenet(command, folder.path, Shipped.model)
        #expect(swapped.code != 0 && swapped.diagnostics.contains("the model comes first"))
    }

    /// Random weights answer, but their answers mean nothing.
    @Test(arguments: ["classify", "evaluate"]) func architectureFilesAreNoModels(command: String) throws {
        let result = try condensenet(command, BenchProgram.architecture, Shipped.path("models/samples"))
        expectFailure(result, 65, "expected a trained model, found an architecture file")
    }

    @Test func aModelIsNoResult() throws {
        let folder = try TemporaryFolder()
        let result = try condensenet("report", Shipped.model, "-o", folder.path("page.html"))
        expectFailure(result, 65, "expected results that bench --json wrote, found a model file (condensenet bench ")
    }

    @Test(arguments: [
        (["report", "a.json", "--out", "b.html"], "--out: no such option; did you mean --output?"),
        (["run", "m", "--in=x.npy", "--output", "y.npy"], "--in: no such option; did you mean --input?"),
        (["classify", "m", "x", "--thresh", "0.5"], "did you mean --threshold?"),
    ])
    func beginningsOfOptions(arguments: [String], hint: String) throws {
        expectFailure(try condensenet(arguments), 64, hint)
    }

    @Test func aReaderThatHasSeenEnough() throws {
        let images = [String](repeating: Shipped.sample("bag"), count: 200)
        let result = try Program.run(
            "condensenet", ["classify", Shipped.model] + images, shell: "\"$@\" | head -n 1")
        #expect(result.code == 0 && result.diagnostics == "", "\(result.diagnostics)")
        #expect(result.output.split(separator: "\n").count == 1)
    }

    @Test(arguments: ["classify", "evaluate", "run", "inspect", "verify", "bench", "report"])
    func placeholdersSayMoreThanTheOption(command: String) throws {
        let help = try condensenet(command, "--help").output
        for match in help.matches(of: /--([a-z-]+) <([^>]+)>/) {
            #expect(match.1 != match.2, "\(command): \(match.0)")
        }
    }
}
