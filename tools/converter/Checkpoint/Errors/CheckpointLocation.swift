/// Where in a checkpoint something is.
public struct CheckpointLocation: Equatable, Sendable {
    /// The file, as the caller named it.
    public var file: String
    /// The zip entry or tar member; `nil` when the place is in the file itself.
    public var entry: String?
    /// The tensor, as the state dict names it.
    public var tensor: String?
    /// Bytes from the start of the entry, or of the file where there is no entry.
    public var offset: Int?

    /// A place named by whichever of its parts are known.
    public init(file: String, entry: String? = nil, tensor: String? = nil, offset: Int? = nil) {
        self.file = file
        self.entry = entry
        self.tensor = tensor
        self.offset = offset
    }

    func entry(_ name: String) -> CheckpointLocation { CheckpointLocation(file: file, entry: name) }

    func tensor(_ name: String) -> CheckpointLocation { CheckpointLocation(file: file, tensor: name) }

    func byte(_ offset: Int) -> CheckpointLocation {
        var place = self
        place.offset = offset
        return place
    }
}

extension CheckpointLocation: CustomStringConvertible {
    /// The parts that are known, on one line: `net.pth.tar, net/data.pkl, byte 204`.
    public var description: String {
        var parts = [printable(file)]
        if let entry { parts.append(printable(entry)) }
        if let tensor { parts.append(printable(tensor)) }
        if let offset { parts.append("byte \(offset)") }
        return parts.joined(separator: ", ")
    }
}

/// The text on one line and of bounded length: what a file says is shown in messages, so line breaks, control
/// characters and invisible direction marks are written as escapes.
func printable(_ text: String, limit: Int = 160) -> String {
    var shown = ""
    for (index, scalar) in text.unicodeScalars.enumerated() {
        guard index < limit else { return shown + "…" }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            shown += "\\u{\(String(scalar.value, radix: 16))}"
        default:
            shown.unicodeScalars.append(scalar)
        }
    }
    return shown
}

/// ``printable(_:limit:)`` of bytes that ought to be UTF-8.
func printable(_ bytes: ArraySlice<UInt8>, limit: Int = 160) -> String {
    let shown = printable(String(decoding: bytes.prefix(limit), as: UTF8.self), limit: limit)
    return bytes.count > limit ? shown + "…" : shown
}
