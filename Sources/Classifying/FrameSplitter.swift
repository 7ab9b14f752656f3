import Glibc
import ImageInput

/// Cuts the bytes of a stream into frames, as they come in pieces of any length.
public struct FrameSplitter {
    /// The longest JPEG image that a stream may hold, in bytes.
    public static let longestImage = 32 << 20
    /// After so many bytes without a JPEG image it is said that there is none.
    public static let longestGap = 1 << 20

    private enum State {
        /// Between images.
        case gap
        /// Before a marker.
        case marker
        /// In coded samples.
        case scan
    }

    private let format: StreamFormat
    private let frameBytes: Int
    private var buffer: [UInt8] = []
    /// Up to where `buffer` has been looked at; beyond its end where a segment goes on there.
    private var position = 0
    private var state = State.gap
    /// Where the length of the segment stands that was passed over last: if it is wrong, another image may have begun there.
    private var segment = 2
    /// Bytes since the last frame that belong to none.
    private var gap = 0
    private var hasFound = false

    /// Nothing of a stream yet.
    public init(_ format: StreamFormat) {
        self.format = format
        frameBytes =
            if case .pixels(let layout, let size) = format {
                // A format's size is possible, or there would be no such value.
                (try? layout.byteCount(width: size.width, height: size.height)) ?? 1
            } else { 0 }
    }

    /// Takes up what has come.
    public mutating func append(_ bytes: some Sequence<UInt8>) { buffer += bytes }

    /// The next whole frame, or one that is broken; `nil` where more bytes are needed.
    public mutating func next() -> Result<[UInt8], FrameError>? {
        let frame = format == .motionJPEG ? nextImage() : buffer.count < frameBytes ? nil : take(frameBytes)
        if frame != nil { hasFound = true }
        return frame
    }

    /// What is left when the stream has ended: a broken frame, or nothing.
    public mutating func finish() -> FrameError? {
        defer { self = FrameSplitter(format) }
        if format != .motionJPEG {
            return buffer.isEmpty ? nil : .truncated(expected: "\(frameBytes) bytes", found: buffer.count)
        }
        if state != .gap { return .truncated(expected: "an end-of-image marker", found: buffer.count) }
        return hasFound || gap + buffer.count == 0 ? nil : .noFrame(found: gap + buffer.count)
    }

    private mutating func take(_ count: Int) -> Result<[UInt8], FrameError> {
        let frame = Array(buffer[..<count])
        drop(count)
        return .success(frame)
    }

    private mutating func drop(_ count: Int) {
        buffer.removeFirst(count)
        (position, state, segment) = (0, .gap, 2)
    }

    // MARK: JPEG

    private mutating func nextImage() -> Result<[UInt8], FrameError>? {
        while position < buffer.count {
            switch state {
            case .gap:
                if let error = findStart() { return .failure(error) }
                if state == .gap { return nil }
            case .scan:
                guard skipSamples() else { return tooLong() }
            case .marker:
                guard buffer[position] == 0xFF else {
                    return broken("expected a marker, found byte \(buffer[position])")
                }
                // Any number of such bytes may stand before a marker's code.
                guard let code = buffer[position...].firstIndex(where: { $0 != 0xFF }) else {
                    position = buffer.count - 1
                    return tooLong()
                }
                switch buffer[code] {
                case 0xD9:
                    gap = 0
                    return take(code + 1)
                case 0xD8:
                    // A camera that starts anew; what comes now may be whole.
                    position = code - 1
                    return broken("another image begins within it")
                case 0x01, 0xD0...0xD7: position = code + 1
                case 0...0xBF: return broken("expected a marker, found byte \(buffer[code])")
                default:
                    guard code + 2 < buffer.count else { return tooLong() }
                    let length = Int(buffer[code + 1]) << 8 + Int(buffer[code + 2])
                    guard length >= 2 else { return broken("a segment of \(length) bytes") }
                    segment = code + 1
                    position = code + 1 + length
                    if buffer[code] == 0xDA { state = .scan }
                }
            }
        }
        return tooLong()
    }

    /// Passes over what belongs to no image, up to an image's first marker.
    private mutating func findStart() -> FrameError? {
        let start = firstStart(in: 0..<buffer.count)
        let passed = start ?? max(buffer.count - 2, 0)
        buffer.removeFirst(passed)
        gap += passed
        (position, state, segment) = start == nil ? (0, .gap, 2) : (2, .marker, 2)
        guard gap >= Self.longestGap else { return nil }
        defer { gap = 0 }
        return .noFrame(found: gap)
    }

    /// Where the first image's first markers begin, as far as they have come.
    private func firstStart(in range: Range<Int>, except thumbnail: Int? = nil) -> Int? {
        range.first {
            $0 != thumbnail && $0 + 2 < buffer.count && buffer[$0] == 0xFF && buffer[$0 + 1] == 0xD8
                && buffer[$0 + 2] == 0xFF
        }
    }

    /// Goes to the marker after coded samples; `false` where it has not come yet.
    private mutating func skipSamples() -> Bool {
        while position < buffer.count {
            let found = buffer.withUnsafeBytes { bytes -> Int in
                let start = bytes.baseAddress! + position
                return memchr(start, 0xFF, bytes.count - position).map { UnsafeRawPointer($0) - start } ?? -1
            }
            position = found < 0 ? buffer.count : position + found
            guard position + 1 < buffer.count else { return false }
            switch buffer[position + 1] {
            case 0, 0xD0...0xD7: position += 2
            case 0xFF: position += 1
            default:
                state = .marker
                return true
            }
        }
        return false
    }

    /// Gives the image up, and goes on with one that begins within its last segment and is not the thumbnail there, or
    /// else behind it.
    private mutating func broken(_ reason: String) -> Result<[UInt8], FrameError> {
        // The beginning of a marker may have come alone.
        let end = min(position, max(buffer.count - 2, 2))
        let content = min(segment + 2, end)
        let thumbnail = buffer[content..<end].withUnsafeBytes(JPEGThumbnail.start).map { content + $0 }
        drop(firstStart(in: min(segment, end)..<end, except: thumbnail) ?? end)
        return .failure(.malformed(reason: reason))
    }

    private mutating func tooLong() -> Result<[UInt8], FrameError>? {
        guard state != .gap, buffer.count > Self.longestImage else { return nil }
        drop(buffer.count)
        return .failure(.malformed(reason: "it is longer than \(Self.longestImage) bytes"))
    }
}
