import Classifying
import Serving

/// What a client or a camera sends: the first byte says as what the others are read.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let kind = bytes.first else { return 0 }
    let rest = Array(bytes.dropFirst())
    do {
        switch kind % 5 {
        case 0:
            let head = try RequestHead(rest)
            precondition(head.contentLength >= 0 && head.path.allSatisfy { !$0.utf8.contains(0) }, "a head is unsound")
        case 1, 2:
            // The length of the JSON may lie, as a client's may.
            let length = kind % 5 == 1 || rest.isEmpty ? nil : Int(rest[0]) * 4
            let request = try InferenceRequest(rest, headerLength: length, shape: [3, 2, 2])
            precondition(request.tensor.count == request.count * 12, "a tensor is not whole")
        case 3:
            guard let token = AccessToken(rest) else { return 0 }
            let text = String(decoding: rest, as: UTF8.self)
            precondition(!token.isPresented(in: "Bearer " + text + "x"), "another token passes")
        default: split(rest)
        }
    } catch {
        _ = "\(error)"
    }
    return 0
}

/// A stream in pieces gives the frames that it gives whole.
private func split(_ bytes: [UInt8]) {
    func frames(_ format: StreamFormat, pieces length: Int) -> [[UInt8]] {
        var splitter = FrameSplitter(format)
        var frames: [[UInt8]] = []
        for start in stride(from: 0, to: bytes.count, by: length) {
            splitter.append(bytes[start..<min(start + length, bytes.count)])
            while let frame = splitter.next() { if case .success(let bytes) = frame { frames.append(bytes) } }
        }
        _ = splitter.finish()
        return frames
    }
    for name in ["mjpeg", "yuv420:5x3"] {
        guard let format = StreamFormat(argument: name) else { preconditionFailure("a format is gone") }
        let whole = frames(format, pieces: max(bytes.count, 1))
        precondition(frames(format, pieces: 7) == whole, "pieces give other frames")
    }
}
