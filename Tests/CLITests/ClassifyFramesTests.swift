import Foundation
import TestSupport
import Testing

/// `condensenet classify MODEL --frames FORMAT -`
struct ClassifyFramesTests {
    private static let ffmpeg = "/usr/bin/ffmpeg"
    private static let hasFFmpeg = FileManager.default.isExecutableFile(atPath: ffmpeg)

    /// Runs a shell's `script`, in which `"$@"` classifies frames, and `$bag` and `$dress` are a frame each.
    private func classify(_ format: String, _ options: [String] = [], _ script: String) throws -> Program.Result {
        let variables = "bag='\(Shipped.sample("bag"))'; dress='\(Shipped.sample("dress"))'; "
        return try Program.run(
            "condensenet", ["classify", Shipped.model, "--frames", format, "-"] + options, shell: variables + script)
    }

    private func answers(_ result: Program.Result) throws -> [JSON] {
        try result.output.split(separator: "\n").map { try JSON(String($0)) }
    }

    private func labels(_ result: Program.Result) throws -> [String?] {
        try answers(result).map { $0["predictions"]?[0]["label"]?.string }
    }

    /// A JPEG image of its own size; `-f mjpeg` writes nothing else.
    private let jpeg = "jpeg() { \(ffmpeg) -v error -i \"$1\" -vf scale=$2:-1 -q:v 2 -f mjpeg -; }; "

    @Test(.enabled(if: hasFFmpeg, "ffmpeg is not installed"))
    func everyFrameOfFFmpeg() throws {
        let script = jpeg + #"{ jpeg "$bag" 28; jpeg "$dress" 28; jpeg "$bag" 56; } | "$@""#
        let result = try classify("mjpeg", ["--every-frame"], script)
        #expect(result.code == 0 && result.diagnostics == "", "\(result.diagnostics)")
        #expect(try labels(result) == ["Bag", "Dress", "Bag"])
        #expect(try answers(result).map { $0["frame"]?.int } == [1, 2, 3])
        #expect(try answers(result).map { $0["image"]?.string } == ["frame 1", "frame 2", "frame 3"])
        #expect(try answers(result).allSatisfy { $0["age_milliseconds"]!.double! >= $0["milliseconds"]!.double! })
    }

    @Test(
        .enabled(if: hasFFmpeg, "ffmpeg is not installed"),
        arguments: [
            ["rgb24", "rgb24"], ["yuv420", "yuv420p"], ["nv12", "nv12"], ["gray", "gray"], ["bgra", "bgra"],
        ])
    func pixelsOfFFmpeg(names: [String]) throws {
        let raw =
            "raw() { \(Self.ffmpeg) -v error -i \"$1\" -vf scale=28:28 -pix_fmt \(names[1]) -f rawvideo -; }; "
        let result = try classify(
            "\(names[0]):28x28", ["--every-frame", "--jobs", "2"], raw + #"{ raw "$bag"; raw "$dress"; } | "$@""#)
        #expect(result.code == 0 && result.diagnostics == "", "\(result.diagnostics)")
        #expect(try labels(result) == ["Bag", "Dress"])
    }

    /// The same pixels give the same answer, whether in a file or in a stream.
    @Test func pixelsAnswerAsAFileDoes() throws {
        let folder = try TemporaryFolder()
        let pixels = (0..<28 * 28 * 3).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let file = try folder.write(Array("P6 28 28 255\n".utf8) + pixels, to: "a.ppm")
        try folder.write(pixels, to: "raw")
        let expected = try JSON(try condensenet("classify", Shipped.model, file, "--json-lines").output)
        let found = try answers(try classify("rgb24:28x28", [], "cat '\(folder.path("raw"))' | \"$@\""))
        #expect(found.count == 1)
        for index in 0..<5 {
            let (one, other) = (expected["predictions"]![index], found[0]["predictions"]![index])
            #expect(one["label"]?.string == other["label"]?.string)
            #expect(one["probability"]?.double == other["probability"]?.double)
        }
    }

    /// A frame is answered when it has come, however long the next one takes.
    @Test(arguments: [[], ["--every-frame"]])
    func aCameraThatStalls(options: [String]) throws {
        let folder = try TemporaryFolder()
        let camera = "cat \"$jpeg\"; until [ -s '\(folder.path("answer"))' ]; do sleep 0.02; done; cat \"$jpeg\""
        let script = "jpeg='\(jpegPath)'; { \(camera); } | \"$@\" | tee '\(folder.path("answer"))'"
        let result = try classify("mjpeg", options, script)
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(try answers(result).map { $0["frame"]?.int } == [1, 2])
    }

    /// A camera that is killed within a frame and comes back with pictures of another size.
    @Test func aCameraThatRestarts() throws {
        let script = "jpeg='\(jpegPath)'; other='\(Fixture.path("image-formats/jpeg-420.jpg"))'; "
        let camera = #"{ cat "$jpeg"; head -c -30 "$jpeg"; cat "$other" "$jpeg"; } | "$@""#
        let result = try classify("mjpeg", ["--every-frame"], script + camera)
        #expect(result.code == 65)
        #expect(
            result.diagnostics == "error: frame 2: malformed JPEG frame: another image begins within it\n")
        #expect(try answers(result).map { $0["frame"]?.int } == [1, 2, 3, 4])
        #expect(try answers(result).map { $0["error"] == nil } == [true, false, true, true])
    }

    /// Of frames that come faster than they are answered the newest is taken.
    @Test func newestFirst() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            Array(repeating: try Fixture.bytes("image-formats/jpeg-420.jpg"), count: 3000).flatMap { $0 }, to: "frames")
        let result = try classify("mjpeg", [], "cat '\(folder.path("frames"))' | \"$@\"")
        #expect(result.code == 0, "\(result.diagnostics)")
        let numbers = try answers(result).map { $0["frame"]!.int! }
        #expect(numbers.count < 3000 && numbers.last == 3000 && numbers == numbers.sorted())
    }

    @Test func aDecoderNamesABrokenFrame() throws {
        let result = try classify("mjpeg", [], #"printf '\xff\xd8\xff\xd9' | "$@""#)
        #expect(result.code == 65)
        #expect(result.diagnostics.hasPrefix("error: frame 1: malformed JPEG image"), "\(result.diagnostics)")
    }

    @Test func streamsWithoutFrames() throws {
        expectFailure(try classify("mjpeg", [], #"true | "$@""#), 66, "standard input: expected frames, found none")
        let result = try classify("mjpeg", [], #"printf 'no camera' | "$@""#)
        #expect(result.code == 65 && result.diagnostics.contains("found 9 bytes of something else"))
    }

    @Test func terminationEndsIt() throws {
        let script = "{ cat '\(jpegPath)'; sleep 60; } | { timeout 1 \"$@\"; echo $? >&2; }"
        let result = try classify("mjpeg", [], script)
        #expect(result.diagnostics == "124\n" && result.output.contains("\"frame\":1"), "\(result.diagnostics)")
    }

    @Test func contradictions() throws {
        for options in [["--json"], ["-0"], ["--watch", "/tmp"], ["a.jpg"]] {
            #expect(try classify("mjpeg", options, #""$@""#).code == 64)
        }
        expectFailure(try condensenet("classify", Shipped.model, "-", "--every-frame"), 64, "--frames")
        expectFailure(try condensenet("classify", Shipped.model, "-", "--frames", "rgb24:0x0"), 64, "rgb24:0x0")
    }

    private let jpegPath = Fixture.path("image-formats/jpeg-progressive.jpg")
}
