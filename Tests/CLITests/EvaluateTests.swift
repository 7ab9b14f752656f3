import Foundation
import TestSupport
import Testing

/// `condensenet evaluate MODEL DATASET`
struct EvaluateTests {
    /// Debian's package dataset-fashion-mnist.
    static let fashionMNIST = "/usr/share/datasets/fashion-mnist"

    @Test(arguments: [
        (Shipped.model, "fashion-mnist-trained/top1.npy", 0.9388, 0.9997),
        (Fixture.path("models/fashion-mnist.safetensors"), "fashion-mnist/top1-converted.npy", 0.9203, 0.9992),
    ])
    func fashionMNISTIsAnsweredAsPyTorchDoes(model: String, answers: String, top1: Double, top5: Double) throws {
        let folder = try TemporaryFolder()
        let images = Emulation.isOn ? 500 : 10_000
        let result = try condensenet(
            "evaluate", model, Self.fashionMNIST, "--json", "--limit", "\(images)", "--predictions",
            folder.path("p.csv"))
        #expect(result.code == 0, "\(result.diagnostics)")
        let json = try JSON(result.output)
        #expect(json["images"]?.int == images && json["failed"]?.int == 0 && json["complete"]?.bool == true)
        if images == 10_000 {
            #expect(json["top1"]?.double == top1)
            #expect(json["top5"]?.double == top5)
            #expect(json["per_class"]!.elements.map { $0["images"]!.int! } == Array(repeating: 1000, count: 10))
        }
        #expect(json["images_per_second"]!.double! > 0)
        #expect(json["per_class"]!.elements.map { $0["label"]!.string! } == Shipped.labels)
        let expected = try Fixture.array(answers).values.map { Int($0) }
        let predicted = try predictions(folder).map(\.prediction)
        #expect(predicted.count == images)
        #expect(zip(predicted, expected).filter { $0 != $1 }.count <= 2)
    }

    @Test func workersChangeNothing() throws {
        let folder = try TemporaryFolder()
        for threads in ["1", "3", "64"] {
            let result = try condensenet(
                "evaluate", Shipped.model, Self.fashionMNIST, "--limit", "100", "--threads", threads, "--predictions",
                folder.path(threads))
            #expect(result.code == 0)
            #expect(try folder.bytes(threads) == folder.bytes("1"))
        }
        #expect(try predictions(folder, "1").count == 100)
    }

    @Test func byDefaultAThreadForEachProcessorThatMayBeUsed() throws {
        let script = "taskset -c $(taskset -cp $$ | sed 's/.*: //; s/[,-].*//') \"$@\""
        let result = try Program.run(
            "condensenet", ["evaluate", Shipped.model, Self.fashionMNIST, "--limit", "9", "--json"], shell: script)
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(try JSON(result.output)["threads"]?.int == 1)
    }

    @Test func textReport() throws {
        let result = try condensenet(
            "evaluate", Shipped.model, Self.fashionMNIST, "--limit", "300", "--split", "train", "--threads", "1")
        #expect(result.code == 0 && result.diagnostics.isEmpty, "\(result.diagnostics)")
        let lines = result.output.split(separator: "\n")
        #expect(lines[0] == "images  300")
        #expect(lines[1].wholeMatch(of: /top-1   \d+\.\d\d %/) != nil)
        #expect(lines[3].wholeMatch(of: /speed   \d+\.\d images\/s  \(1 thread, \d+\.\d s\)/) != nil)
        #expect(lines[4] == "class        images     top-1     top-5", "\(result.output)")
        #expect(result.output.contains("\nclass        taken for"), "\(result.output)")
    }

    @Test func controlCPrintsWhatHasBeenCounted() throws {
        let folder = try TemporaryFolder()
        try folder.write([], to: "Bag/0.png")
        let bag = try folder.write(try Shipped.sampleBytes("bag"), to: "bag")
        for index in 1..<20_000 {
            guard symlink(bag, folder.path("Bag/\(index).png")) == 0 else { throw POSIXError(.EIO) }
        }
        let former = try TemporaryFolder()
        let predictions = try former.write(Array("former".utf8), to: "p.csv")
        let program = try Program.start(
            "condensenet",
            ["evaluate", Shipped.model, folder.path, "--json", "--threads", "2", "--predictions", predictions])
        try program.wait { $0.diagnostics.contains("Bag/0.png") }
        program.send(SIGINT)
        let result = program.wait()
        #expect(result.code == 130)
        let json = try JSON(result.output)
        let images = json["images"]!.int!
        #expect(images < 19_999 && json["complete"]?.bool == false && json["failed"]?.int == 1)
        #expect(json["top1"]?.double == (images == 0 ? nil : 1))
        #expect(
            result.diagnostics.hasSuffix(
                "error: interrupted after \(images + 1) of 20,000 images; \(predictions) was not written\n"))
        #expect(try former.bytes("p.csv") == Array("former".utf8))
    }

    @Test(arguments: [
        ["--limit", "0"], ["--split", "validation"], ["--threads", "0"], ["--threads=-1"], ["--threads", "1000000"],
    ])
    func refusedArguments(arguments: [String]) throws {
        let result = try Program.run("condensenet", ["evaluate", Shipped.model, Self.fashionMNIST] + arguments)
        #expect(result.code == 64 && result.output.isEmpty)
    }

    @Test func noDataSet() throws {
        let folder = try TemporaryFolder()
        expectFailure(try condensenet("evaluate", Shipped.model, "/nowhere"), 66, "/nowhere: No such file")
        expectFailure(try condensenet("evaluate", Shipped.model, folder.path), 65, "expected class folders")
        expectFailure(try condensenet("evaluate", Shipped.model, "/dev/null"), 65, "/dev/null: expected a folder")
        expectFailure(try condensenet("evaluate", "/nowhere", folder.path), 66, "/nowhere")
    }

    @Test func predictionsThatWouldReplaceAFileOfTheDataSet() throws {
        let folder = try TemporaryFolder()
        let image = try folder.write(try Shipped.sampleBytes("bag"), to: "Bag/bag.png")
        let result = try condensenet("evaluate", Shipped.model, folder.path, "--predictions", image)
        expectFailure(result, 64, "would replace")
        #expect(try folder.bytes("Bag/bag.png") == [UInt8](try Shipped.sampleBytes("bag")))
        #expect(
            try condensenet("evaluate", Shipped.model, folder.path, "--predictions", folder.path("Bag/p.csv")).code == 0
        )
    }

    @Test func predictionsFileThatCannotBeWritten() throws {
        let result = try condensenet(
            "evaluate", Shipped.model, Self.fashionMNIST, "--limit", "3", "--predictions", "/nowhere/p.csv")
        #expect(result.code == 74 && result.diagnostics.contains("/nowhere/p.csv"))
    }
}

/// A line of `--predictions`.
struct PredictionLine {
    let image: String
    let label: Int
    let prediction: Int
}

/// The lines of `--predictions FILE`.
func predictions(_ folder: TemporaryFolder, _ name: String = "p.csv") throws -> [PredictionLine] {
    let lines = String(decoding: try folder.bytes(name), as: UTF8.self).split(separator: "\n")
    #expect(lines.first == "image,label,prediction,probability,in_top5,label_name,prediction_name,top5,error")
    return try lines.dropFirst().filter { !$0.contains(",,,,") }.map { line in
        // The image's name may hold commas.
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = fields.suffix(8).map(String.init)
        try #require(numbers.count == 8)
        return PredictionLine(
            image: fields.dropLast(8).joined(separator: ",").trimmingCharacters(in: ["\""]), label: Int(numbers[0])!,
            prediction: Int(numbers[1])!)
    }
}
