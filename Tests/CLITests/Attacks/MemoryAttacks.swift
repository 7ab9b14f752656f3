import Foundation
import Foundations
import ModelFormat
import TestSupport
import Testing

/// Little memory, by the system's own limit on the address space: a command ends with its answer or with an error, never
/// by a signal.
///
/// An emulator and a sanitizer take so much address space for themselves that nothing can be said under a limit.
@Suite(.serialized, .enabled(if: LimitedProgram.start != nil, "the program alone takes too much address space"))
struct MemoryAttacks {
    /// What the program needs before it allocates by a file's numbers: its own strings and short arrays.
    private static let own = 2 << 10

    /// Runs `bench` once at a series of limits, up to the first that is enough.
    ///
    /// - Parameter step: KiB from one limit to the next.
    private func expectErrors(_ model: String, step: Int) throws {
        try expectErrors(
            of: ["bench", model, "--runs", "1", "--warmup", "0", "--seconds", "0"], "\(model): no memory for ",
            step: step)
    }

    /// Runs a command at a series of limits, up to the first that is enough; each error holds `message`.
    private func expectErrors(of arguments: [String], _ message: String, step: Int) throws {
        let start = try #require(LimitedProgram.start) + Self.own
        var failures = 0
        for limit in stride(from: start, through: start + 100 * step, by: step) {
            let result = try LimitedProgram.run(arguments, limit)
            if result.code == 0 {
                #expect(failures >= 8, "memory was short \(failures) times only")
                return
            }
            failures += 1
            Attack.expect(result, code: 70, message)
        }
        Issue.record("no end of failures")
    }

    /// Random weights are made one tensor at a time, beside the packed ones.
    @Test(.timeLimit(.minutes(20))) func anArchitectureFile() throws {
        try expectErrors(Attack.architecture, step: 1500)
    }

    /// Half precision is widened beside the file and the packed weights.
    @Test(.timeLimit(.minutes(20))) func aModelOfHalfPrecision() throws {
        let (inputs, outputs, classes) = (3 * 16 * 16, 3000, 10)
        let graph = Graph(
            values: [
                Value("image", PlaneShape(channels: 3, height: 16, width: 16)),
                Value("hidden", PlaneShape(channels: outputs, height: 1, width: 1)),
                Value("logits", PlaneShape(channels: classes, height: 1, width: 1)),
            ],
            steps: [
                Step(
                    name: "wide", operation: Linear(outputs: outputs), input: "image", inputChannels: 3,
                    output: "hidden"),
                Step(
                    name: "last", operation: Linear(outputs: classes), input: "hidden",
                    inputChannels: outputs, output: "logits"),
            ],
            input: "image", output: "logits")
        let description = ModelDescription(
            name: "wide", graph: graph,
            preprocessing: Preprocessing(resize: nil, crop: 16, mean: [0, 0, 0], std: [1, 1, 1]),
            provenance: Provenance(
                source: "none", sourceSHA256: String(repeating: "0", count: 64), converter: "none"),
            sample: SampleAnswers(seed: 1, tolerance: 0.5, logits: [Float](repeating: 0, count: classes)))
        let tensors = graph.tensors.map {
            TensorData(name: $0.name, shape: $0.shape, elements: .float16([UInt16](repeating: 0x1000, count: $0.count)))
        }
        #expect(graph.tensors.contains { $0.shape == [outputs, inputs] })
        let folder = try TemporaryFolder()
        let model = try folder.write(try ModelFile.bytes(description, tensors: tensors), to: "wide.safetensors")
        try expectErrors(model, step: 1100)
    }

    /// The file and its pixels are in memory at once, beside the model.
    @Test(.timeLimit(.minutes(20))) func aLargeImage() throws {
        let folder = try TemporaryFolder()
        let header = Array("P6 2000 1500 255\n".utf8)
        let image = try folder.write(header + [UInt8](repeating: 7, count: 3 * 2000 * 1500), to: "large.ppm")
        try expectErrors(of: ["classify", Attack.model, image], "no memory ", step: 1100)
    }

    /// A data set is in memory as a whole, inflated.
    @Test(.timeLimit(.minutes(20)), arguments: [false, true]) func aLargeDataset(isCompressed: Bool) throws {
        let folder = try TemporaryFolder()
        // Noise, since a file that inflates to many times its size is refused.
        var generator = SplitMix64(seed: 1)
        let bytes = (0..<4500 * 3073).map { $0 % 3073 == 0 ? 0 : UInt8(truncatingIfNeeded: generator.next()) }
        var path = try folder.write(bytes, to: "test.bin")
        if isCompressed {
            #expect(try Program.run(at: "/usr/bin/gzip", [path]).code == 0)
            path = folder.path
            try FileManager.default.moveItem(atPath: folder.path("test.bin.gz"), toPath: folder.path("test_batch.bin"))
        }
        try expectErrors(
            of: ["evaluate", Attack.model, path, "--threads", "1", "--limit", "1"], "no memory ", step: 1100)
    }

    /// A grey image becomes three planes, beside the data set.
    @Test(.timeLimit(.minutes(20))) func aLargeImageOfADataset() throws {
        let folder = try TemporaryFolder()
        let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 8, 0, 0, 0, 8, 0]
        try folder.write(header + [UInt8](repeating: 7, count: 2048 * 2048), to: "t10k-images-idx3-ubyte")
        try folder.write([0, 0, 8, 1, 0, 0, 0, 1, 3], to: "t10k-labels-idx1-ubyte")
        try expectErrors(of: ["evaluate", Attack.model, folder.path, "--threads", "1"], "no memory ", step: 1100)
    }

    /// All logits are in memory at once.
    @Test(.timeLimit(.minutes(20))) func manyLogits() throws {
        let folder = try TemporaryFolder()
        let (classes, images) = (60_000, 60)
        let graph = Graph(
            values: [
                Value("image", PlaneShape(channels: 3, height: 1, width: 1)),
                Value("logits", PlaneShape(channels: classes, height: 1, width: 1)),
            ],
            steps: [
                Step(
                    name: "only", operation: Linear(outputs: classes), input: "image", inputChannels: 3,
                    output: "logits")
            ],
            input: "image", output: "logits")
        let description = ModelDescription(
            name: "wide", graph: graph,
            preprocessing: Preprocessing(resize: nil, crop: 1, mean: [0, 0, 0], std: [1, 1, 1]))
        let model = try folder.write(Array(ArchitectureFile.text(description).utf8), to: "wide.json")
        let data = [UInt8](repeating: 0, count: 4 * 3 * images)
        let input = try folder.write(NumpyArray.file(shape: "(\(images), 3, 1, 1)", data), to: "input.npy")
        try expectErrors(
            of: ["run", model, "--input", input, "--output", folder.path("output.npy")], "no memory ", step: 1100)
    }
}

/// `condensenet` under a limit on its address space.
private enum LimitedProgram {
    /// KiB in which it starts, where that is not too much.
    static let start: Int? = stride(from: 8 << 10, through: 128 << 10, by: 1 << 10).first { limit in
        (try? run(["--version"], limit))?.code == 0
    }

    /// Runs it to its end in at most `limit` KiB.
    static func run(_ arguments: [String], _ limit: Int) throws -> Program.Result {
        try Program.run("condensenet", arguments, shell: "ulimit -v \(limit); exec \"$@\"")
    }
}
