import Foundation
import ModelFormat
import TestSupport
import Testing

/// What the program makes of the machine that it runs on: its kernels, its file systems, its signals.
struct MachineTests {
    private static let classify = ["classify", Shipped.model, Shipped.sample("bag")]

    @Test func kernelsAreChosenByName() throws {
        let version = try condensenet("--version").output
        let built = try #require(version.firstMatch(of: /kernels: (.+); chosen: (\w+)/))
        #expect(built.1.split(separator: ", ").contains(built.2), "\(version)")
        #if arch(x86_64)
            let baseline = "sse2"
        #else
            let baseline = "neon"
        #endif
        let chosen = try Program.run("condensenet", ["--version"], shell: "CONDENSENET_KERNELS=\(baseline) \"$@\"")
        #expect(chosen.output.contains("; chosen: \(baseline))"), "\(chosen.output)")
        let answer = try Program.run("condensenet", Self.classify, shell: "CONDENSENET_KERNELS=\(baseline) \"$@\"")
        #expect(answer.code == 0 && answer.output.contains("Bag"), "\(answer.diagnostics)")
    }

    /// It was none for kernels that compute bytes alone.
    @Test func versionNamesKernelsOfAnyPrecision() throws {
        let version = try condensenet("--version").output
        let built = try #require(version.firstMatch(of: /kernels: (.+); chosen: (\w+)/))
        for name in built.1.split(separator: ", ") {
            let shell = "CONDENSENET_KERNELS=\(name) \"$@\""
            let chosen = try Program.run("condensenet", ["--version"], shell: shell).output
            if chosen.contains("; chosen: \(name))") { continue }
            #expect(chosen.contains("; chosen: none)"), "\(chosen)")
            let bench = ["bench", Fixture.root.appendingPathComponent("models/cifar-condensenet-50.json").path]
            let complaints = try [Self.classify, bench + ["--precision", "int8"]].map {
                try Program.run("condensenet", $0, shell: shell).diagnostics
            }
            #expect(complaints.joined().contains("this processor lacks"), "\(name): \(complaints)")
        }
    }

    @Test func unknownKernelsAreRefused() throws {
        let result = try Program.run("condensenet", Self.classify, shell: "CONDENSENET_KERNELS=fast \"$@\"")
        #expect(result.code == 64)
        #expect(result.diagnostics.hasPrefix("error: this program has no kernels named fast: expected one of "))
        #expect(result.diagnostics.split(separator: "\n").count == 1, "\(result.diagnostics)")
    }

    private static let hidesProc = "unshare -Urm sh -c 'mount -t tmpfs none /proc && exec \"$@\"' sh"
    private static let canHideProc = (try? Program.run(at: "/bin/sh", ["-c", hidesProc + " true"]).code) == 0

    @Test(.enabled(if: canHideProc, "needs a mount namespace")) func missingProcIsNamed() throws {
        let result = try Program.run("condensenet", Self.classify, shell: Self.hidesProc + " \"$@\"")
        #expect(result.code == 70)
        #expect(result.output == "")
        #expect(result.diagnostics == "error: /proc is not mounted: the arguments cannot be read\n")
    }

    /// A thousand convolutions that no kernel computes in two seconds together.
    private static var slow: String {
        let planes = PlaneShape(channels: 40, height: 52, width: 52)
        let names = (0..<1000).map { "planes\($0)" }
        let steps = names.enumerated().map { position, name in
            Step(
                name: name, operation: Convolution(outputChannels: 40, kernel: 5, padding: 2),
                input: position == 0 ? "image" : names[position - 1], inputChannels: position == 0 ? 3 : 40,
                output: name)
        }
        let pool = Step(
            name: "logits", operation: GlobalAveragePooling(preActivation: PreActivation()), input: names.last!,
            inputChannels: 40, output: "logits")
        let graph = Graph(
            values: [Value("image", PlaneShape(channels: 3, height: 52, width: 52))] + names.map { Value($0, planes) }
                + [Value("logits", PlaneShape(channels: 40, height: 1, width: 1))],
            steps: steps + [pool], input: "image", output: "logits")
        let preprocessing = Preprocessing(resize: nil, crop: nil, mean: [0, 0, 0], std: [1, 1, 1], colorOrder: .rgb)
        return ArchitectureFile.text(ModelDescription(name: "slow", graph: graph, preprocessing: preprocessing))
    }

    @Test(.enabled(if: !Emulation.isOn, "an emulator is slow by itself")) func signalEndsALongRun() throws {
        let folder = try TemporaryFolder()
        let model = try folder.write(Array(Self.slow.utf8), to: "slow.json")
        for _ in 0..<3 {
            let program = try Program.start(
                "condensenet", ["bench", model, "--warmup", "0", "--runs", "1000000", "--json", folder.path("json")])
            try program.wait { $0.diagnostics.contains("random") }
            usleep(2_000_000)
            let start = Date()
            program.send(SIGINT)
            #expect(program.wait().code == 130)
            #expect(Date().timeIntervalSince(start) < 1)
        }
        #expect(folder.files == ["slow.json"])
    }
}
