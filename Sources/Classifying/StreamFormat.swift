import ArgumentParser
import ImageInput

/// What a stream of frames consists of.
public enum StreamFormat: ExpressibleByArgument, Equatable, Sendable {
    /// JPEG images one after the other. What lies between them, such as the headers of a multipart stream, is passed over.
    case motionJPEG
    /// Pixels without any header, each frame of the same size and its rows without padding.
    case pixels(Frame.Format, ImageSize)

    /// The format that a text such as `mjpeg` or `rgb24:640x480` names; `nil` where it names none of a possible size.
    public init?(argument: String) {
        if argument == "mjpeg" {
            self = .motionJPEG
            return
        }
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let layout = Frame.Format(rawValue: String(parts[0])) else { return nil }
        let sides = parts[1].split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard sides.count == 2, let width = sides[0], let height = sides[1],
            (try? layout.byteCount(width: width, height: height)) != nil
        else { return nil }
        self = .pixels(layout, ImageSize(width: width, height: height))
    }
}

/// A frame of a stream, as it arrived.
package struct StreamFrame: Sendable {
    /// Its place in the stream, counted from 1; frames that are passed over or broken count too.
    package let number: Int
    /// The frame's bytes, or why there is none.
    package let bytes: Result<[UInt8], FrameError>
    /// When its last byte was read, by the monotonic clock.
    package let arrival: UInt64
}
