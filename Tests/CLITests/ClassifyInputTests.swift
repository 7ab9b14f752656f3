import Foundation
import TestSupport
import Testing

/// Where `condensenet classify` takes images from, and what it says of those that fail.
struct ClassifyInputTests {
    @Test func mostPixelsAreTheUsersChoice() throws {
        // 28 × 28 pixels.
        let sample = Shipped.sample("bag")
        for pixels in ["784", "1073741824"] {
            let result = try condensenet("classify", Shipped.model, sample, "--max-pixels", pixels)
            #expect(result.code == 0, "\(result.diagnostics)")
        }
        let refused = try condensenet("classify", Shipped.model, sample, "--max-pixels", "783")
        expectFailure(refused, 65, "\(sample): expected at most 783 pixels, found 784")
        for pixels in ["0", "-1", "1073741825", "many"] {
            #expect(try condensenet("classify", Shipped.model, sample, "--max-pixels=\(pixels)").code == 64)
        }
        let folder = try TemporaryFolder()
        try folder.write(try Shipped.sampleBytes("bag"), to: "bag/1.png")
        let evaluated = try condensenet(
            "evaluate", Shipped.model, folder.path, "--max-pixels", "783", "--allow-class-mismatch")
        #expect(evaluated.code == 65 && evaluated.diagnostics.contains("expected at most 783 pixels"))
    }

    /// Runs `classify MODEL` in a shell whose line is `script`, with `"$@"` for the command.
    private func classify(_ options: [String], _ script: String) throws -> Program.Result {
        try Program.run("condensenet", ["classify", Shipped.model] + options, shell: script)
    }

    private func labels(_ json: String) throws -> [String?] {
        try JSON(json).elements.map { $0["predictions"]?[0]["label"]?.string }
    }

    @Test func anImageOnStandardInput() throws {
        for (sample, label) in [("bag", "Bag"), ("dress", "Dress")] {
            let result = try classify(["-", "--json"], #"cat "\#(Shipped.sample(sample))" | "$@""#)
            #expect(result.code == 0, "\(result.diagnostics)")
            #expect(try labels(result.output) == [label])
            #expect(try JSON(result.output)[0]["image"]?.string == "standard input")
        }
        // One that comes slowly, and one that is cut short.
        let slow =
            #"{ head -c 3 "\#(Shipped.sample("bag"))"; sleep 0.2; tail -c +4 "\#(Shipped.sample("bag"))"; } | "$@""#
        #expect(try labels(try classify(["-", "--json"], slow).output) == ["Bag"])
        let cut = try classify(["-"], #"head -c 100 "\#(Shipped.sample("bag"))" | "$@""#)
        expectFailure(cut, 65, "standard input: ")
    }

    @Test func pathsThatNULEnds() throws {
        let folder = try TemporaryFolder()
        try folder.write(try Shipped.sampleBytes("bag"), to: "a\nb.png")
        try folder.write(try Shipped.sampleBytes("dress"), to: "c.png")
        for option in ["-0", "--null"] {
            let result = try classify(
                [option, "-", "--json"], "cd '\(folder.path)' && find . -name '*.png' -print0 | sort -z | \"$@\"")
            #expect(result.code == 0, "\(result.diagnostics)")
            #expect(try labels(result.output) == ["Bag", "Dress"])
        }
        #expect(try classify(["-0", "x.png"], #""$@""#).code == 64)
    }

    /// A path is never cut short.
    @Test func aPathWithANUL() throws {
        let bag = Shipped.sample("bag")
        let result = try classify(["-", "--json"], "printf '\(bag)\\0x\\n\(bag)\\n' | \"$@\"")
        #expect(result.code == 65)
        #expect(
            result.diagnostics
                == "error: standard input: expected paths without NUL, found \(bag)\\u{0}x (-0 takes paths that NUL ends)\n"
        )
        #expect(try labels(result.output) == ["Bag"])
    }

    @Test func failuresAreAnswersToo() throws {
        let folder = try TemporaryFolder()
        let broken = try folder.write(Array("no picture".utf8), to: "b.png")
        for options in [["--json"], ["--json-lines"]] {
            let result = try condensenet(
                ["classify", Shipped.model, Shipped.sample("bag"), broken, folder.path("none")] + options)
            #expect(result.code == 65)
            let text =
                options == ["--json"]
                ? result.output : "[" + result.output.split(separator: "\n").joined(separator: ",") + "]"
            let answers = try JSON(text).elements
            #expect(
                answers.count == 3 && answers[1].names == ["image", "error"] && answers[2].names == ["image", "error"])
            #expect(answers[1]["image"]?.string == broken)
            #expect(answers[1]["error"]!.string!.hasPrefix("\(broken): expected a JPEG"))
            #expect(answers[2]["error"]?.string == "\(folder.path("none")): No such file or directory")
        }
    }

    @Test func answersBelowTheThreshold() throws {
        let arguments = ["classify", Shipped.model, Shipped.sample("dress"), "--threshold"]
        #expect(try condensenet(arguments + ["0.9999"]).output.split(separator: "\n").last == "            unknown")
        #expect(try JSON(try condensenet(arguments + ["0.9999", "--json"]).output)[0]["predictions"]?.count == 0)
        #expect(try JSON(try condensenet(arguments + ["0.9", "--json"]).output)[0]["predictions"]?.count == 1)
        #expect(try condensenet(arguments + ["1.5"]).code == 64)
    }

    @Test func severalAtOnceInOrder() throws {
        let samples = ["bag", "dress", "ankle-boot", "sneaker", "trouser"]
        let images = (0..<40).map { Shipped.sample(samples[$0 % 5]) } + ["none.png"] + samples.map(Shipped.sample)
        func answers(_ options: [String]) throws -> [String] {
            let result = try condensenet(["classify", Shipped.model, "--json-lines"] + images + options)
            #expect(result.code == 66)
            return result.output.split(separator: "\n").map { String($0.prefix { $0 != "m" || $0 == "}" }) }
        }
        let one = try answers([])
        #expect(one.count == images.count)
        for jobs in ["2", "5", "64"] { #expect(try answers(["--jobs", jobs]) == one) }
        #expect(try condensenet(["classify", Shipped.model, images[0], "--jobs", "0"]).code == 64)
    }

    /// Answers come as soon as they are known, also where the next path is not.
    @Test func aPathIsAnsweredBeforeTheNextIsKnown() throws {
        let bag = Shipped.sample("bag")
        let script = """
            mkfifo "$TMPDIR/in" && { "$@" < "$TMPDIR/in" > "$TMPDIR/out" & } && exec 3> "$TMPDIR/in" && echo '\(bag)' >&3
            for i in $(seq 600); do [ -s "$TMPDIR/out" ] && break; sleep 0.05; done
            [ -s "$TMPDIR/out" ] && echo answered; exec 3>&-; wait
            """
        let folder = try TemporaryFolder()
        let result = try classify(["-", "--json-lines", "--jobs", "3"], "TMPDIR='\(folder.path)'; " + script)
        #expect(result.output == "answered\n", "\(result.diagnostics)")
    }

    @Test(.enabled(if: Program.canDropPrivileges)) func aFolderBelowThatCannotBeRead() throws {
        let folder = try TemporaryFolder()
        try folder.write(try Shipped.sampleBytes("bag"), to: "a/1.png")
        try folder.write(try Shipped.sampleBytes("bag"), to: "b/2.png")
        chmod(folder.path("a"), 0)
        defer { chmod(folder.path("a"), 0o700) }
        let result = try Program.runWithoutPrivileges(
            "condensenet", ["classify", Shipped.model, folder.path + "//", "--json"])
        #expect(result.code == 66)
        #expect(result.diagnostics == "error: \(folder.path("a")): Permission denied\n")
        let answers = try JSON(result.output)
        #expect(answers.count == 1 && answers[0]["image"]?.string == folder.path("b/2.png"))
    }

    /// Deeper than a path is long.
    @Test func foldersNestedTooDeep() throws {
        let folder = try TemporaryFolder()
        defer { _ = try? Program.run(at: "/bin/rm", ["-rf", folder.path]) }
        try folder.write(try Shipped.sampleBytes("bag"), to: "1.png")
        var descriptor = open(folder.path, O_RDONLY | O_DIRECTORY)
        for _ in 0..<2200 {
            try #require(descriptor >= 0 && mkdirat(descriptor, "d", 0o755) == 0)
            let next = openat(descriptor, "d", O_RDONLY | O_DIRECTORY)
            close(descriptor)
            descriptor = next
        }
        close(descriptor)
        let result = try condensenet("classify", Shipped.model, folder.path, "--json")
        #expect(result.code == 66)
        #expect(try JSON(result.output).count == 1)
        #expect(
            result.diagnostics.hasSuffix("/d/d: holds more folders; File name too long\n"),
            "\(result.diagnostics.suffix(100))")
    }

    @Test func onlyOnTheseProcessors() throws {
        let result = try condensenet("classify", Shipped.model, Shipped.sample("bag"), "--cpus", "1023")
        expectFailure(result, 64, "--cpus: expected processors that this process may use, ")
        #expect(try condensenet("classify", Shipped.model, Shipped.sample("bag"), "--cpus", "0").code == 0)
    }
}
