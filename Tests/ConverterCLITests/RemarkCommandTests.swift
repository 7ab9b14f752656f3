import Foundation
import ModelFormat
import TestSupport
import Testing

/// Conversions that succeed and give what was hardly meant: a warning line for each reason.
struct RemarkCommandTests {
    private let dense = Fixture.path("cifar10-g4/dense.pth.tar")

    private func warnings(_ arguments: [String]) throws -> [String] {
        let folder = try TemporaryFolder()
        let result = try Program.convert([dense, "-o", folder.path("m"), "--dataset", "cifar10"] + arguments)
        #expect(result.code == 0, "\(result.diagnostics)")
        return result.diagnostics.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("note: ") }
    }

    @Test func numbersOfOtherPixels() throws {
        let warning =
            "warning: --mean 125.3,123,113.9 --std 63,62.1,66.7: pixels are from 0 to 1; numbers for 0 to 255 are to be "
            + "divided by 255"
        #expect(try warnings(["--mean", "125.3,123,113.9", "--std", "63,62.1,66.7"]) == [warning])
        #expect(try warnings(["--mean", "125.3,0,0"]).count == 1)
        #expect(try warnings(["--std", "1,1,63"]).count == 1)
        #expect(try warnings(["--mean=-1,0.5,1", "--std", "1,0.5,0.25"]) == [])
    }

    @Test func border() throws {
        #expect(
            try warnings(["--resize", "16"])
                == ["warning: --resize 16: less than the crop of 32, so that images get a black border"])
        #expect(try warnings(["--resize", "32"]) == [])
    }

    @Test func labelsThatAppearTwice() throws {
        let folder = try TemporaryFolder()
        let labels = try folder.write("cat\ndog\na\nb\nc\nd \n cat\t\r\ndog\ng\nh".utf8, to: "labels")
        #expect(
            try warnings(["--labels", labels])
                == ["warning: \(labels): labels that appear more than once: cat, dog"])
    }

    @Test func classesWithoutLabels() throws {
        let folder = try TemporaryFolder()
        let network = Fixture.path("comparison/vgg/checkpoint.pth")
        let numbered = "\nlabels       none: classes are numbered (--labels gives names)\n"
        var result = try Program.convert([network, "-o", folder.path("m")])
        #expect(result.code == 0 && result.output.contains(numbered), "\(result.output)")
        let labels = try folder.write("a\nb\nc\nd\ne".utf8, to: "labels")
        result = try Program.convert([network, "-o", folder.path("m"), "--labels", labels])
        #expect(result.code == 0 && !result.output.contains(numbered), "\(result.output)")
        result = try Program.convert([Fixture.path("imagenet-g8/dense.pth.tar"), "-o", folder.path("m")])
        #expect(result.code == 0 && !result.output.contains(numbered), "\(result.output)")
        #expect(result.diagnostics.contains("warning: taken for imagenet by its input and its classes"))
    }
}
