import Foundation
import TestSupport
import Testing

/// Which class `condensenet evaluate` takes a folder of images for, and what it says of it.
struct LabelMatchingTests {
    private func evaluate(_ path: String, _ options: String...) throws -> Program.Result {
        try Program.run("condensenet", ["evaluate", Shipped.model, path, "--json"] + options)
    }

    /// A folder with one picture in each of the named folders, the model's sample of the label where there is one.
    private func folder(_ names: [String], sample: String = "bag") throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in names { try folder.write(try Shipped.sampleBytes(sample), to: "\(name)/1.png") }
        return folder
    }

    /// The classes that the folders were taken for.
    private func classes(_ result: Program.Result) throws -> [String: Int] {
        let folders = try JSON(result.output)["folders"]!.elements
        return Dictionary(uniqueKeysWithValues: folders.map { ($0["folder"]!.string!, $0["index"]!.int!) })
    }

    @Test func whateverCaseBlanksAndHyphens() throws {
        let names = [
            "t-shirt_top", "trouser", "PULLOVER", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle_boot",
        ]
        let folder = try folder(names)
        let result = try evaluate(folder.path)
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(
            try classes(result) == Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) }))
        // The table is told before the work.
        #expect(result.diagnostics.contains("t-shirt_top      0  T-shirt/top\n"), "\(result.diagnostics)")
        #expect(!result.diagnostics.contains("warning: "))
    }

    @Test func twoFoldersOfOneClass() throws {
        let folder = try folder(["ankle_boot", "Ankle boot"])
        expectFailure(
            try evaluate(folder.path), 65,
            "expected a folder for each class, found \"Ankle boot\" and \"ankle_boot\" for the same one")
    }

    @Test func numbersWithoutLabelsAreSaidToBeAGuess() throws {
        let folder = try folder((1...10).map(String.init))
        let bytewise = try evaluate(folder.path)
        #expect(bytewise.code == 0 && bytewise.diagnostics.contains("warning: no label names the class folders"))
        #expect(bytewise.diagnostics.contains("in which 1 is followed by 10 (--class-order natural counts"))
        #expect(try classes(bytewise)["10"] == 1 && classes(bytewise)["2"] == 2)
        #expect(try JSON(bytewise.output)["remarks"]?.count == 1)
        let natural = try evaluate(folder.path, "--class-order", "natural")
        #expect(try classes(natural)["10"] == 9 && classes(natural)["2"] == 1)
        #expect(!natural.diagnostics.contains("warning: "))
        let chosen = try evaluate(folder.path, "--class-order", "name")
        #expect(try classes(chosen)["10"] == 1 && !chosen.diagnostics.contains("warning: "))
    }

    @Test func anotherNumberOfClassesIsRefusedWithBothNumbers() throws {
        let folder = try folder((1...12).map(String.init))
        expectFailure(
            try evaluate(folder.path), 65, "expected 10 class folders, or folders named by the model's labels, found 12"
        )
        let allowed = try evaluate(folder.path, "--allow-class-mismatch")
        #expect(allowed.code == 0, "\(allowed.diagnostics)")
        #expect(try JSON(allowed.output)["images"]?.int == 12)
        let cifar = try TemporaryFolder()
        try cifar.write([UInt8](repeating: 7, count: 3074), to: "test.bin")
        expectFailure(
            try evaluate(cifar.path), 65,
            "expected images of 10 classes, as the network has, found CIFAR-100, which has 100")
    }

    @Test(arguments: [
        "first\tBag\nsecond = 3\n# a remark\n", "first,8\nsecond,dress\n", #"{"first": 8, "second": "Dress"}"#,
        "first Bag\r\nsecond Dress\r\n",
    ])
    func aFileSaysWhichIsWhich(text: String) throws {
        let folder = try folder(["first", "second"])
        let map = try TemporaryFolder()
        let result = try evaluate(folder.path, "--labels-map", try map.write(text.utf8, to: "map"))
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(try classes(result) == ["first": 8, "second": 3])
    }

    @Test(arguments: [
        ("first Bag\n", "expected a class for the folder second, found none"),
        ("first Bag\nsecond Hat\n", "expected one of the network's 10 classes for second, found Hat"),
        ("first 8\nsecond 10\n", "expected one of the network's 10 classes for second, found 10"),
        ("first\n", "expected a folder's name and its class on line 1, found one word"),
        ("first 1\nfirst 2\n", "expected each folder once, found first twice"), ("{", "byte 1"),
    ])
    func aFileThatDoesNot(text: String, message: String) throws {
        let folder = try folder(["first", "second"])
        let map = try TemporaryFolder()
        let path = try map.write(text.utf8, to: "map")
        expectFailure(try evaluate(folder.path, "--labels-map", path), 65, message)
        expectFailure(try evaluate(folder.path, "--labels-map", map.path("none")), 66, map.path("none"))
    }

    @Test func partsByOtherNames() throws {
        let folder = try TemporaryFolder()
        for part in ["train/Bag/1.png", "train/Bag/2.png", "valid/Bag/1.png"] {
            try folder.write(try Shipped.sampleBytes("bag"), to: part)
        }
        for (split, images) in [("train", 2), ("val", 1), ("valid", 1), ("test", 1)] {
            #expect(try JSON(try evaluate(folder.path, "--split", split).output)["images"]?.int == images)
        }
        // Pictures without class folders beside a part that has them.
        let flat = try TemporaryFolder()
        try flat.write(try Shipped.sampleBytes("bag"), to: "train/Bag/1.png")
        try flat.write(try Shipped.sampleBytes("bag"), to: "val/1.png")
        expectFailure(
            try evaluate(flat.path), 65, "/val: expected a folder of images for each class, found 1 image in none")
    }

    @Test func predictionsNameTheClassesAndTheFailures() throws {
        let folder = try TemporaryFolder()
        try folder.write(try Shipped.sampleBytes("dress"), to: "dress/1.png")
        try folder.write(Array("no picture".utf8), to: "dress/2.png")
        let result = try condensenet("evaluate", Shipped.model, folder.path, "--predictions", "-")
        #expect(result.code == 65)
        let lines = result.output.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(
            lines[0].joined(separator: ",")
                == "image,label,prediction,probability,in_top5,label_name,prediction_name,top5,error")
        #expect(lines.count == 3 && lines.allSatisfy { $0.count >= 9 })
        #expect(lines[1][1...2] == ["3", "3"] && lines[1][4...6] == ["1", "Dress", "Dress"])
        #expect(lines[1][7].hasPrefix("3 ") && lines[1][7].split(separator: " ").count == 5 && lines[1][8] == "")
        #expect(lines[2][1...5] == ["3", "", "", "", "Dress"] && result.output.contains("found other bytes"))
        // The accuracy is still told.
        #expect(result.diagnostics.contains("top-1   100.00 %"))
    }

    /// A spreadsheet would compute a cell that begins like a formula.
    @Test func cellsThatBeginLikeAFormula() throws {
        let folder = try TemporaryFolder()
        try folder.write(try Shipped.sampleBytes("bag"), to: "Bag/1.png")
        let result = try Program.run(
            "condensenet", ["evaluate", Shipped.model, "=1+1", "--predictions", "-"],
            shell: "cd '\(folder.path)' && mkdir '=1+1' && mv Bag '=1+1' && exec \"$@\"")
        #expect(result.output.contains("\n'=1+1/Bag/1.png,8,"), "\(result.output)")
    }

    @Test func orientationAsTorchvisionLeavesIt() throws {
        let folder = try TemporaryFolder()
        try folder.write(try Fixture.bytes("images/rotated-exif6.jpg"), to: "Bag/1.jpg")
        func probability(_ options: String...) throws -> String {
            let result = try Program.run(
                "condensenet", ["evaluate", Shipped.model, folder.path, "--predictions", "-"] + options)
            return result.output.split(separator: "\n").last!.split(separator: ",")[3...].joined()
        }
        let upright = try probability()
        let stored = try probability("--ignore-orientation")
        #expect(upright != stored)
    }
}
