import Classifying
import Foundations
import ImageInput
import TestSupport
import Testing

/// Frames are cut out of a stream's bytes, however they come.
struct FrameSplitterTests {
    /// JPEG files of every kind: several scans, restart markers, Exif data.
    private static let names = [
        "jpeg-420", "jpeg-422-restarts", "jpeg-progressive", "jpeg-grey", "jpeg-cmyk", "jpeg-arithmetic", "jpeg-1x1",
    ]
    private let images: [[UInt8]]
    private static let longestSegment = [UInt8](repeating: 0, count: 1 << 16)

    init() throws { images = try Self.names.map { try Fixture.bytes("image-formats/\($0).jpg") } }

    /// What comes of `bytes` in pieces of `length`; a broken frame as its message.
    private func split(_ bytes: [UInt8], _ format: StreamFormat = .motionJPEG, pieces length: Int = 4096) -> [Piece] {
        var splitter = FrameSplitter(format)
        var found: [Piece] = []
        for start in stride(from: 0, to: bytes.count, by: length) {
            splitter.append(bytes[start..<min(start + length, bytes.count)])
            while let frame = splitter.next() { found.append(Piece(frame)) }
        }
        if let error = splitter.finish() { found.append(Piece(.failure(error))) }
        return found
    }

    private enum Piece: Equatable {
        case whole([UInt8])
        case broken(String)

        init(_ frame: Result<[UInt8], FrameError>) {
            switch frame {
            case .success(let bytes): self = .whole(bytes)
            case .failure(let error): self = .broken("\(error)")
            }
        }

        var isWhole: Bool { if case .whole = self { true } else { false } }
    }

    @Test(arguments: [1, 2, 7, 64, 1000, 1 << 20]) func imagesInPiecesOfAnyLength(length: Int) {
        #expect(split(images.flatMap { $0 }, pieces: length) == images.map(Piece.whole))
    }

    /// A frame is known at its last byte, not at the next one's first.
    @Test func aFrameIsKnownAtItsEnd() {
        var splitter = FrameSplitter(.motionJPEG)
        splitter.append(images[0].dropLast())
        #expect(splitter.next() == nil)
        splitter.append([0xD9])
        #expect(splitter.next() == .success(images[0]))
    }

    @Test func whatLiesBetweenIsPassedOver() {
        let header = Array("\r\n--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 1\r\n\r\n".utf8)
        let bytes = images.flatMap { image -> [UInt8] in header + image + [0, 0xFF, 0xD8] }
        for length in [1, 100, 1 << 20] { #expect(split(bytes, pieces: length) == images.map(Piece.whole)) }
    }

    /// A camera that is restarted leaves the beginning of a frame, and begins anew.
    @Test func aFrameThatIsCutIsNamedAndTheNextIsWhole() {
        let (first, second) = (images[0], images[1])
        let cut = split(first.dropLast(20) + second + first)
        #expect(
            cut == [.broken("malformed JPEG frame: another image begins within it"), .whole(second), .whole(first)])
        #expect(
            split(first + second.dropLast()) == [
                .whole(first),
                .broken(
                    "the stream ends within a frame: expected an end-of-image marker, found \(second.count - 1) bytes"),
            ])
    }

    /// A segment that is cut takes nothing of the images behind it with it, however long it says that it is.
    @Test func imagesWithinACutSegmentAreWhole() {
        for length in [40, 3000, 60_000] as [Int] {
            let cut: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF), 1, 2, 3]
            let bytes: [UInt8] = [cut, images[0], images[1], Self.longestSegment, images[2]].flatMap { $0 }
            for pieces in [1, 100, 1 << 20] as [Int] {
                let found = split(bytes, pieces: pieces)
                #expect(found.first?.isWhole == false)
                #expect(Array(found.dropFirst()) == images.prefix(3).map(Piece.whole))
            }
        }
    }

    /// The thumbnail of a photograph is no frame, however much longer than its content the segment says it is.
    @Test func theThumbnailOfACutImageIsNoFrame() {
        let thumbnail = images[6]
        // The header of a TIFF structure, an empty first directory, and a second one that says where the thumbnail is.
        var exif = Array("Exif\0\0II*\0".utf8) + [8, 0, 0, 0, 0, 0, 14, 0, 0, 0, 1, 0] as [UInt8]
        exif += [0x01, 0x02, 4, 0, 1, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0] as [UInt8]
        for content in [exif, Array("JFXX\0\u{10}".utf8)] {
            let segment = content + thumbnail
            for length in [segment.count + 300, 60_000] {
                let cut: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)] + segment
                for pieces in [1, 100, 1 << 20] as [Int] {
                    let found = split(cut + images[0] + images[1] + Self.longestSegment + images[2], pieces: pieces)
                    #expect(found.first?.isWhole == false)
                    #expect(Array(found.dropFirst()) == images.prefix(3).map(Piece.whole), "length \(length)")
                }
            }
        }
    }

    @Test func everyPlaceToBeCutAt() {
        for image in images.prefix(3) {
            for count in stride(from: 3, to: image.count, by: 5) {
                // What was cut within a segment takes as many bytes with it as the segment says: at most this gap.
                let cut = Array(image[..<count])
                let found = split(cut + Self.longestSegment + images[0])
                #expect(found.last == .whole(images[0]) && found.first?.isWhole == false, "cut at \(count)")
                #expect(split(cut).allSatisfy { !$0.isWhole }, "cut at \(count)")
            }
        }
    }

    /// As `rpicam-vid` without `--codec mjpeg` gives them.
    @Test func bytesOfSomethingElseAreToldOf() {
        let other = [UInt8](repeating: 0x41, count: FrameSplitter.longestGap + 100)
        let found = split(other + images[0], pieces: 4096)
        #expect(found.count == 2 && found.last == .whole(images[0]))
        #expect(found.first == .broken("expected JPEG frames, found \(other.count) bytes of something else"))
        #expect(split([1, 2, 3]) == [.broken("expected JPEG frames, found 3 bytes of something else")])
        #expect(split([]) == [])
    }

    @Test func aFrameWithoutAnEndIsGivenUp() {
        var splitter = FrameSplitter(.motionJPEG)
        splitter.append(images[0].dropLast(2))
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        var found: Result<[UInt8], FrameError>?
        for _ in 0...FrameSplitter.longestImage >> 20 where found == nil {
            splitter.append(zeros)
            found = splitter.next()
        }
        #expect(found == .failure(.malformed(reason: "it is longer than \(FrameSplitter.longestImage) bytes")))
        splitter.append(images[1])
        #expect(splitter.next() == .success(images[1]))
    }

    @Test func pixels() throws {
        let format = try #require(StreamFormat(argument: "yuv420:5x3"))
        // Luma, and two planes of half its sides, rounded up.
        let count = 5 * 3 + 2 * 3 * 2
        let frames = (0..<3).map { frame in (0..<count).map { UInt8($0 + frame) } }
        for length in [1, 10, 1000] {
            #expect(split(frames.flatMap { $0 }, format, pieces: length) == frames.map(Piece.whole))
        }
        #expect(
            split(frames[0] + [1, 2], format).last
                == .broken("the stream ends within a frame: expected \(count) bytes, found 2 bytes"))
    }

    @Test(arguments: [
        "", "mjpg", "mjpeg:1x1", "rgb24", "rgb24:", "rgb24:0x1", "rgb24:-1x5", "rgb24:1x1x1", "rgb24:16385x1",
        "yuv420:99999999999999999999x1", "rgb24:16384x16384", "rgb24: 1x1", "h264:1x1",
    ])
    func formatsThatAreNone(name: String) { #expect(StreamFormat(argument: name) == nil) }

    /// Whatever is changed, nothing traps, and what is untouched at the end is found.
    @Test func changedBytes() {
        var random = SplitMix64(seed: 22)
        for round in 0..<400 {
            var bytes = images[round % images.count] + images[(round + 1) % images.count]
            for _ in 0..<1 + random.next() % 4 {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            let found = split(bytes + Self.longestSegment + images[0], pieces: 1 + Int(random.next() % 5000))
            #expect(found.last == .whole(images[0]), "round \(round)")
        }
    }
}
