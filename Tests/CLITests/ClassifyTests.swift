import Foundation
import TestSupport
import Testing

/// `condensenet classify MODEL IMAGE…`
struct ClassifyTests {
    @Test func textNamesTheLikeliestFirst() throws {
        let result = try condensenet("classify", Shipped.model, Shipped.sample("sneaker"), "--top", "3")
        #expect(result.code == 0 && result.diagnostics.isEmpty, "\(result.diagnostics)")
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0].wholeMatch(of: /.*sneaker\.png  \(\d+\.\d\d ms\)/) != nil, "\(lines[0])")
        #expect(lines[1].wholeMatch(of: #/ +\d+\.\d\d %  Sneaker/#) != nil, "\(lines[1])")
    }

    @Test func jsonHasTheContractsKeys() throws {
        let names = ["ankle-boot", "bag", "dress"]
        let result = try condensenet(
            "classify", Shipped.model, Shipped.sample(names[0]), Shipped.sample(names[1]), Shipped.sample(names[2]),
            "--json")
        #expect(result.code == 0)
        let json = try JSON(result.output)
        #expect(json.count == 3)
        for (answer, name) in zip(json.elements, names) {
            #expect(answer.names == ["image", "predictions", "milliseconds"])
            #expect(answer["image"]?.string == Shipped.sample(name))
            #expect(answer["milliseconds"]!.double! > 0)
            let predictions = answer["predictions"]!.elements
            #expect(predictions.count == 5)
            #expect(predictions.allSatisfy { $0.names == ["label", "index", "probability"] })
            let probabilities = predictions.map { $0["probability"]!.double! }
            #expect(probabilities == probabilities.sorted(by: >) && probabilities.reduce(0, +) <= 1.00001)
            #expect(predictions.allSatisfy { Shipped.labels[$0["index"]!.int!] == $0["label"]!.string! })
        }
        #expect(json.elements.map { $0["predictions"]![0]["index"]!.int! } == [9, 8, 3])
    }

    @Test func aNameOfSeveralLinesIsShownOnOne() throws {
        let folder = try TemporaryFolder()
        let image = try folder.write(try Shipped.sampleBytes("bag"), to: "a\n\u{1B}[31m.png")
        let missing = folder.path("b\n\u{202E}.png")
        let text = try condensenet("classify", Shipped.model, image, missing, "--top", "1")
        #expect(text.code == 66)
        #expect(text.output.split(separator: "\n").count == 2)
        #expect(text.output.hasPrefix(folder.path("a\\u{a}\\u{1b}[31m.png")), "\(text.output)")
        #expect(text.diagnostics == "error: \(folder.path("b\\u{a}\\u{202e}.png")): No such file or directory\n")
        let json = try condensenet("classify", Shipped.model, image, "--json")
        #expect(try JSON(json.output)[0]["image"]?.string == image)
    }

    /// A name begins the error that names it, also where the error begins with the same letters.
    @Test func aNameThatBeginsTheError() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("no model".utf8), to: "expected")
        let result = try Program.run(
            "condensenet", ["inspect", "expected"], shell: "cd '\(folder.path)'; exec \"$@\"")
        expectFailure(result, 65, "error: expected: expected a CondenseNet model file")
    }

    @Test func namesThatAreNotUnicode() throws {
        let folder = try TemporaryFolder()
        try folder.write(try Shipped.sampleBytes("bag"), to: "good.png")
        let arguments = ["classify", Shipped.model]
        let script = "cd '\(folder.path)'; cp good.png $'b\\xe9d.png'; exec \"$@\""
        let argument = try Program.run("condensenet", arguments, shell: script + " $'b\\xe9d.png'")
        expectFailure(argument, 64, "b\u{FFFD}d.png: expected UTF-8")
        let walked = try Program.run("condensenet", arguments, shell: script + " . --json-lines")
        #expect(walked.code == 66 && walked.output.contains("./good.png"))
        #expect(walked.diagnostics.hasSuffix("No such file or directory; its name is not UTF-8\n"))
    }

    @Test func topBeyondTheClassesGivesAllOfThem() throws {
        let result = try condensenet("classify", Shipped.model, Shipped.sample("bag"), "--json", "--top", "1000")
        let predictions = try JSON(result.output)[0]["predictions"]!.elements
        #expect(Set(predictions.map { $0["index"]!.int! }) == Set(0..<10))
        #expect(abs(predictions.reduce(0) { $0 + $1["probability"]!.double! } - 1) < 1e-6)
    }

    @Test func brokenImageAmongGoodOnes() throws {
        let folder = try TemporaryFolder()
        let broken = try folder.write(try Shipped.sampleBytes("bag").prefix(100), to: "broken.png")
        let result = try condensenet(
            "classify", Shipped.model, Shipped.sample("bag"), broken, "/nowhere.png", Shipped.sample("dress"), "--json")
        #expect(result.code == 65)
        #expect(
            try JSON(result.output).elements.map { $0["image"]!.string! }
                == [Shipped.sample("bag"), broken, "/nowhere.png", Shipped.sample("dress")])
        let lines = result.diagnostics.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains(broken) && lines[1].contains("/nowhere.png"), "\(lines)")
        #expect(try condensenet("classify", Shipped.model, "/nowhere.png", broken).code == 66)
    }

    @Test func nothingAtAllIsAnEmptyArray() throws {
        let result = try condensenet("classify", Shipped.model, "-", "--json")
        #expect(result.code == 0 && result.output == "[]\n")
    }

    @Test func foldersAreWalkedInOrder() throws {
        let folder = try TemporaryFolder()
        let bag = try Shipped.sampleBytes("bag")
        for name in ["b/2.PNG", "b/10.jpg", "a.png", "B.png", "c/d/e.jpeg", "notes.txt", ".hidden.png", "noSuffix"] {
            try folder.write(bag, to: name)
        }
        // A way back up is not followed for ever.
        try FileManager.default.createSymbolicLink(atPath: folder.path("c/up"), withDestinationPath: folder.path)
        let result = try condensenet("classify", Shipped.model, folder.path + "/", "--json-lines", "--top", "1")
        #expect(result.code == 0, "\(result.diagnostics)")
        let images = try result.output.split(separator: "\n").map { try JSON(String($0))["image"]!.string! }
        #expect(images == ["B.png", "a.png", "b/10.jpg", "b/2.PNG", "c/d/e.jpeg"].map(folder.path))
    }

    @Test func folderWithoutImages() throws {
        let folder = try TemporaryFolder()
        expectFailure(try condensenet("classify", Shipped.model, folder.path), 66, "expected images, found none")
    }

    @Test func pathsOnStandardInput() throws {
        let input = "\(Shipped.sample("bag"))\n\n/nowhere.png\n\(Shipped.sample("trouser"))"
        let result = try condensenet("classify", Shipped.model, "-", "--json-lines", input: input)
        #expect(result.code == 66)
        let answers = try result.output.split(separator: "\n").map { try JSON(String($0)) }
        #expect(answers.map { $0["predictions"]?[0]["label"]?.string } == ["Bag", nil, "Trouser"])
        let windows = try condensenet(
            "classify", Shipped.model, "-", input: "\(Shipped.sample("bag"))\r\n\r\n\(Shipped.sample("bag"))\r\n")
        #expect(windows.code == 0, "\(windows.diagnostics)")
        let long = try condensenet("classify", Shipped.model, "-", input: String(repeating: "x", count: 1 << 17))
        expectFailure(long, 65, "standard input")
    }

    @Test func answerThatIsNotANumberIsAnErrorNamingTheImage() throws {
        let folder = try TemporaryFolder()
        let model = try folder.write(try Shipped.answeringNaN(), to: "model")
        for style in ["--json", "--json-lines"] {
            let result = try condensenet("classify", model, Shipped.sample("bag"), style)
            #expect(result.code == 65)
            #expect(result.output.contains("\"error\":\"\(Shipped.sample("bag")): the network's answer is not"))
            #expect(result.diagnostics.hasPrefix("error: \(Shipped.sample("bag")): the network's answer is not"))
        }
    }

    @Test(arguments: [
        ["--top", "0"], ["--json", "--json-lines"], ["--json", "--watch", "/tmp"], ["--threads", "0"],
        ["--threads=-1"], ["--threads", "1000000"], ["--threads", "many"], ["--nonsense"],
    ])
    func refusedArguments(arguments: [String]) throws {
        let result = try Program.run("condensenet", ["classify", Shipped.model, Shipped.sample("bag")] + arguments)
        #expect(result.code == 64 && result.output.isEmpty)
        #expect(result.diagnostics.hasPrefix("error: "), "\(result.diagnostics)")
    }

    @Test func nothingToClassify() throws {
        let result = try condensenet("classify", Shipped.model)
        #expect(result.code == 64 && result.diagnostics.hasPrefix("error: expected images"))
    }

    @Test func everyThreadCountGivesTheSameAnswer() throws {
        func answer(_ threads: String) throws -> String? {
            let result = try condensenet("classify", Shipped.model, Shipped.sample("bag"), "--threads", threads)
            #expect(result.code == 0)
            return result.output.split(separator: "\n").dropFirst().joined()
        }
        let expected = try answer("1")
        for threads in ["2", "5", "auto"] { #expect(try answer(threads) == expected) }
    }

    @Test func standardOutputThatCannotBeWritten() throws {
        let arguments = ["classify", Shipped.model, Shipped.sample("bag"), Shipped.sample("dress"), "--json"]
        let full = try Program.run("condensenet", arguments, output: FileHandle(forWritingAtPath: "/dev/full")!)
        #expect(full.code == 74)
        #expect(full.diagnostics == "error: standard output: No space left on device\n")
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let closed = try Program.run("condensenet", arguments, output: pipe.fileHandleForWriting)
        #expect(closed.code == 74)
        #expect(closed.diagnostics == "", "a reader that has seen enough, such as head, is no reason to complain")
    }
}
