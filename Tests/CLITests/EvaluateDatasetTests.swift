import Foundation
import TestSupport
import Testing

/// The kinds of data set that `condensenet evaluate` reads.
struct EvaluateDatasetTests {
    private func evaluate(_ path: String, _ options: String...) throws -> Program.Result {
        try Program.run("condensenet", ["evaluate", Shipped.model, path, "--json"] + options)
    }

    // MARK: Class folders

    private static let samples = [
        ("Ankle boot", "ankle-boot"), ("Bag", "bag"), ("Dress", "dress"), ("Sneaker", "sneaker"),
        ("Trouser", "trouser"),
    ]

    @Test func foldersNamedByLabels() throws {
        let folder = try TemporaryFolder()
        for (label, sample) in Self.samples {
            try folder.write(try Shipped.sampleBytes(sample), to: "\(label)/\(sample).png")
        }
        try folder.write(try Shipped.sampleBytes("bag"), to: "Trouser/deep/er/bag.PNG")
        let broken = try folder.write(try Shipped.sampleBytes("bag").prefix(50), to: "Bag/broken.png")
        try folder.write(Array("ignored".utf8), to: "Bag/notes.txt")
        let result = try evaluate(folder.path, "--predictions", folder.path("p.csv"))
        #expect(result.code == 65, "as classify: the code of the first image that failed")
        #expect(result.diagnostics.hasPrefix("error: \(broken): "), "\(result.diagnostics)")
        #expect(result.diagnostics.filter { $0 == "\n" }.count == 1)
        let json = try JSON(result.output)
        #expect(json["dataset"]?.string == "ImageFolder" && json["complete"]?.bool == true)
        #expect(json["images"]?.int == 6 && json["failed"]?.int == 1)
        #expect(json["top1"]!.double! == 5.0 / 6)
        #expect(json["failures"]![0]["image"]?.string == broken)
        #expect(json["per_class"]!.elements.map { $0["index"]!.int! } == [1, 3, 7, 8, 9])
        #expect(json["confusions"]!.count == 1)
        #expect(json["confusions"]![0]["label"]?.string == "Trouser")
        #expect(json["confusions"]![0]["predicted"]?.string == "Bag")
        let lines = try predictions(folder)
        #expect(lines.first?.image == folder.path("Ankle boot/ankle-boot.png"))
        #expect(lines.last?.image == folder.path("Trouser/deep/er/bag.PNG"))
    }

    @Test func aFolderForEachClassIsNumberedByName() throws {
        let folder = try TemporaryFolder()
        // In the order of their bytes: capitals come first.
        let names = ["C", "a", "b", "c", "d", "e", "f", "g", "h", "i"]
        for name in names { try folder.write([UInt8](), to: "\(name)/.keep") }
        for (index, sample) in [(9, "ankle-boot"), (8, "bag"), (3, "dress"), (7, "sneaker"), (1, "trouser")] {
            try folder.write(try Shipped.sampleBytes(sample), to: "\(names[index])/\(sample).png")
        }
        let json = try JSON(try evaluate(folder.path).output)
        #expect(json["images"]?.int == 5 && json["top1"]?.double == 1)
    }

    @Test func partsOfADataSet() throws {
        let folder = try TemporaryFolder()
        try folder.write(try Shipped.sampleBytes("bag"), to: "train/Bag/1.png")
        try folder.write(try Shipped.sampleBytes("bag"), to: "val/Bag/1.png")
        try folder.write(try Shipped.sampleBytes("bag"), to: "val/Dress/1.png")
        #expect(try JSON(try evaluate(folder.path).output)["top1"]?.double == 0.5)
        #expect(try JSON(try evaluate(folder.path, "--split", "train").output)["top1"]?.double == 1)
        expectFailure(
            try evaluate(folder.path("val"), "--split", "train"), 66, "expected a folder train, found Bag, Dress")
    }

    @Test func limitTakesEvenlySpreadImages() throws {
        let folder = try TemporaryFolder()
        for label in ["Bag", "Dress"] {
            for index in 0..<10 { try folder.write(try Shipped.sampleBytes("bag"), to: "\(label)/\(index).png") }
        }
        let json = try JSON(try evaluate(folder.path, "--limit", "4").output)
        #expect(json["per_class"]!.elements.map { $0["images"]!.int! } == [2, 2])
    }

    @Test func foldersThatAreNotTheModelsClasses() throws {
        let folder = try TemporaryFolder()
        for name in ["Bag", "Hat"] { try folder.write(try Shipped.sampleBytes("bag"), to: "\(name)/1.png") }
        expectFailure(
            try evaluate(folder.path), 65,
            "expected 10 class folders, or folders named by the model's labels, found 2, one named \"Hat\"")
    }

    /// A label that cannot name a folder, such as one with a slash, must not number all other folders anew.
    @Test func foldersOfWhichNotAllAreNamedByLabels() throws {
        let folder = try TemporaryFolder()
        let names = Shipped.labels.map { $0 == "T-shirt/top" ? "T-shirt" : $0 }
        for name in names { try folder.write(try Shipped.sampleBytes("bag"), to: "\(name)/1.png") }
        expectFailure(
            try evaluate(folder.path), 65,
            "expected folders named by the model's labels, or by none of them, found \"Ankle boot\" and \"T-shirt\"")
        // Here the order of the names and the labels agree.
        let ordered = try TemporaryFolder()
        for (index, name) in ["0", "1", "2", "3", "4", "5", "6", "Sneaker", "c", "d"].enumerated() {
            try ordered.write(try Shipped.sampleBytes("bag"), to: "\(name)/\(index).png")
        }
        #expect(try evaluate(ordered.path).code == 0)
    }

    @Test func nothingButBrokenImages() throws {
        let folder = try TemporaryFolder()
        let broken = try folder.write(Array("GIF89a".utf8), to: "Bag/1.png")
        let result = try evaluate(folder.path)
        #expect(result.code == 65 && result.diagnostics.contains(broken))
        #expect(try JSON(result.output)["images"]?.int == 0)
        let empty = try TemporaryFolder()
        try empty.write([UInt8](), to: "Bag/notes.txt")
        expectFailure(try evaluate(empty.path), 65, "expected images, found none")
    }

    @Test func answerThatIsNotANumberIsAFailure() throws {
        let folder = try TemporaryFolder()
        try folder.write(try Shipped.sampleBytes("bag"), to: "data/Bag/1.png")
        let model = try folder.write(try Shipped.answeringNaN(), to: "model")
        let result = try condensenet("evaluate", model, folder.path("data"), "--json")
        #expect(result.code == 65 && result.diagnostics.contains("Bag/1.png: the network's answer is not a number"))
        let json = try JSON(result.output)
        #expect(json["failed"]?.int == 1 && json["top1"]?.double == nil && result.output.contains("\"top1\": null"))
        let text = try condensenet("evaluate", model, folder.path("data"))
        #expect(text.code == 65 && text.output.contains("images  0  (1 more failed)\ntop-1   –\ntop-5   –\n"))
    }

    // MARK: CIFAR

    /// Three 32² pictures whose channels differ: planes, each 3 × 32 × 32.
    private static let pictures: [[UInt8]] = (0..<3).map { picture in
        (0..<3072).map { UInt8(truncatingIfNeeded: ($0 % 1024) * (picture + 2) / 7 + ($0 / 1024) * 61) }
    }

    /// What the program answers to each picture in a PPM file.
    private func answers(_ folder: TemporaryFolder) throws -> [Int] {
        try Self.pictures.enumerated().map { number, planes in
            let pixels = (0..<1024).flatMap { [planes[$0], planes[1024 + $0], planes[2048 + $0]] }
            let path = try folder.write(Array("P6 32 32 255\n".utf8) + pixels, to: "\(number).ppm")
            let result = try condensenet("classify", Shipped.model, path, "--json")
            return try JSON(result.output)[0]["predictions"]![0]["index"]!.int!
        }
    }

    @Test func cifar10() throws {
        let folder = try TemporaryFolder()
        let answers = try answers(folder)
        let records = zip(answers, Self.pictures).map { [UInt8($0)] + $1 }
        try folder.write(records.joined(), to: "c/test_batch.bin")
        for batch in 1...5 {
            try folder.write([UInt8((answers[0] + 1) % 10)] + Self.pictures[0], to: "c/data_batch_\(batch).bin")
        }
        let test = try JSON(try evaluate(folder.path("c"), "--predictions", folder.path("p.csv")).output)
        #expect(test["dataset"]?.string == "CIFAR-10" && test["images"]?.int == 3 && test["top1"]?.double == 1)
        #expect(try predictions(folder)[2].image == "\(folder.path("c/test_batch.bin")), image 2")
        let train = try JSON(try evaluate(folder.path("c"), "--split", "train").output)
        #expect(train["images"]?.int == 5 && train["top1"]?.double == 0)
        let single = try JSON(try evaluate(folder.path("c/test_batch.bin")).output)
        #expect(single["images"]?.int == 3 && single["top1"]?.double == 1)
    }

    @Test func cifar100CountsFineLabels() throws {
        let folder = try TemporaryFolder()
        let records = Self.pictures.enumerated().map { [UInt8($0), UInt8(97 + $0)] + $1 }
        try folder.write(records.joined(), to: "c/test.bin")
        let model = Fixture.path("models/imagenet-g8.safetensors")
        for path in [folder.path("c"), folder.path("c/test.bin")] {
            let result = try condensenet(
                "evaluate", model, path, "--json", "--allow-class-mismatch", "--predictions", folder.path("p.csv"))
            #expect(result.code == 0, "\(result.diagnostics)")
            #expect(try JSON(result.output)["dataset"]?.string == "CIFAR-100")
            #expect(try predictions(folder).map(\.label) == [97, 98, 99])
        }
        expectFailure(try evaluate(folder.path("c")), 65, "expected images of 10 classes")
    }

    @Test func cifarForPython() throws {
        let folder = try TemporaryFolder()
        try folder.write([0x80, 0x02], to: "data_batch_1")
        expectFailure(try evaluate(folder.path), 65, "expected CIFAR's binary version, found its Python version")
    }

    @Test func malformedCIFAR() throws {
        let folder = try TemporaryFolder()
        let record = [10] + Self.pictures[0]
        expectFailure(
            try evaluate(try folder.write(record, to: "a.bin")), 65,
            "a.bin, image 0: expected a label below 10, found 10")
        expectFailure(try evaluate(try folder.write(record.dropLast(), to: "b.bin")), 65, "found 3072 bytes")
        expectFailure(try evaluate(try folder.write([UInt8](), to: "c.bin")), 65, "found 0 bytes")
        try folder.write(record.dropLast(), to: "d/test_batch.bin")
        expectFailure(try evaluate(folder.path("d")), 65, "expected whole records of 3073 bytes, found 3072")
        expectFailure(try evaluate(folder.path("d"), "--split", "train"), 66, "data_batch_1.bin")
    }

    // MARK: idx

    private func idx(_ shape: [Int], _ data: [UInt8]) -> [UInt8] {
        [0, 0, 8, UInt8(shape.count)] + shape.flatMap { [0, 0, UInt8($0 >> 8), UInt8($0 & 255)] } + data
    }

    @Test func idxFiles() throws {
        let folder = try TemporaryFolder()
        let pictures = (0..<2).flatMap { picture in (0..<784).map { UInt8(truncatingIfNeeded: $0 * (picture + 1) / 3) }
        }
        try folder.write(idx([2, 28, 28], pictures), to: "t10k-images-idx3-ubyte")
        try folder.write(idx([2], [1, 2]), to: "t10k-labels-idx1-ubyte")
        let json = try JSON(try evaluate(folder.path).output)
        #expect(json["dataset"]?.string == "idx" && json["images"]?.int == 2)
        expectFailure(try evaluate(folder.path, "--split", "train"), 66, "train-images-idx3-ubyte")
        for name in ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"] {
            expectFailure(try evaluate(folder.path(name)), 64, "expected the folder of the idx files")
            let replacing = try evaluate(folder.path, "--predictions", folder.path(name))
            expectFailure(replacing, 64, "would replace")
        }
        try folder.write(idx([2], [1, 10]), to: "t10k-labels-idx1-ubyte")
        expectFailure(try evaluate(folder.path), 65, "expected labels below 10")
        try folder.write(idx([1], [1]), to: "t10k-labels-idx1-ubyte")
        expectFailure(try evaluate(folder.path), 65, "expected 2 labels, found 1")
        try folder.write(idx([1, 5000, 1], Array(repeating: 0, count: 5000)), to: "t10k-images-idx3-ubyte")
        expectFailure(try evaluate(folder.path), 65, "expected images of 1 to 4096 rows and columns, found 5000")
        try folder.write(Array("P5 28 28 255\n".utf8) + pictures, to: "t10k-images-idx3-ubyte")
        expectFailure(try evaluate(folder.path), 65, "dimensions, found a file that begins with 80 53 32 50")
        try folder.write(idx([2, 28, 28], Array(pictures.dropLast())), to: "t10k-images-idx3-ubyte")
        expectFailure(try evaluate(folder.path), 65, "expected 1568 bytes for shape [2, 28, 28], found 1567")
    }

    @Test func idxFilesAsTorchvisionKeepsThem() throws {
        let folder = try TemporaryFolder()
        try folder.write(idx([1, 28, 28], [UInt8](repeating: 9, count: 784)), to: "raw/t10k-images-idx3-ubyte")
        try folder.write(idx([1], [4]), to: "raw/t10k-labels-idx1-ubyte")
        #expect(try JSON(try evaluate(folder.path).output)["images"]?.int == 1)
    }

    @Test func moreImagesThanCanBeKept() throws {
        let folder = try TemporaryFolder()
        let count = (1 << 22) + 1
        let size: [UInt8] = [0, 0x40, 0, 1]
        let bytes = [UInt8](repeating: 0, count: count)
        try folder.write([0, 0, 8, 3] + size + [0, 0, 0, 1, 0, 0, 0, 1] + bytes, to: "t10k-images-idx3-ubyte")
        try folder.write([0, 0, 8, 1] + size + bytes, to: "t10k-labels-idx1-ubyte")
        expectFailure(try evaluate(folder.path), 65, "expected at most 4194304 images, found \(count)")
    }

    /// As several compressors write it at once, and as tapes fill it up.
    @Test func gzipOfSeveralMembers() throws {
        let folder = try TemporaryFolder()
        for (name, file) in [
            ("t10k-images-idx3-ubyte", idx([1, 28, 28], [UInt8](repeating: 7, count: 784))),
            ("t10k-labels-idx1-ubyte", idx([1], [1])),
        ] {
            let halves = [file.prefix(9), file.dropFirst(9)]
            let compressed = try halves.flatMap { half in
                let part = try folder.write(half, to: "part")
                #expect(try Program.run(at: "/usr/bin/gzip", ["-f", part]).code == 0)
                return try folder.bytes("part.gz")
            }
            try folder.write(compressed + [UInt8](repeating: 0, count: 100), to: name + ".gz")
        }
        let result = try evaluate(folder.path)
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(try JSON(result.output)["images"]?.int == 1)
        try folder.write(try folder.bytes("t10k-labels-idx1-ubyte.gz") + [1], to: "t10k-labels-idx1-ubyte.gz")
        expectFailure(try evaluate(folder.path), 65, "expected the end of the gzip data, found other bytes")
    }

    @Test func damagedGzip() throws {
        let folder = try TemporaryFolder()
        let source = EvaluateTests.fashionMNIST + "/t10k-images-idx3-ubyte.gz"
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: source)))
        try folder.write(bytes.prefix(100_000), to: "t10k-images-idx3-ubyte.gz")
        expectFailure(try evaluate(folder.path), 65, "the gzip data end early")
        bytes[50_000] ^= 0x55
        try folder.write(bytes, to: "t10k-images-idx3-ubyte.gz")
        #expect(try evaluate(folder.path).code == 65)
    }
}
