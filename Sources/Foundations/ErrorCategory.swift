/// What kind of failure an error is: what programs tell apart by an exit code of sysexits.h.
public enum ErrorCategory: Sendable {
    /// The request contradicts itself or asks for what there is not.
    case usage
    /// The content of a file is at fault.
    case badData
    /// There is no such file, or none that may be read as one.
    case missingInput
    /// The system refused memory.
    case memory
    /// The program or the machine failed.
    case `internal`
    /// The operating system failed to read or to write.
    case inputOutput
}

/// An error that says of which kind it is, and describes itself in one line.
public protocol CategorizedError: Error, CustomStringConvertible {
    /// Which kind of failure this is.
    var category: ErrorCategory { get }

    /// The description with the file that it is about: by default `path` comes first, unless the description begins with it.
    func message(about path: String) -> String

    /// Further lines, each a problem of its own; by default none.
    var details: [String] { get }
}

extension CategorizedError {
    /// None.
    public var details: [String] { [] }

    /// The description, after `path` where it does not begin with it.
    public func message(about path: String) -> String {
        let description = description
        let rest = description.utf8.dropFirst(path.utf8.count)
        let isNamed =
            description.utf8.starts(with: path.utf8)
            && (rest.first == UInt8(ascii: ":") || rest.first == UInt8(ascii: ","))
        return isNamed ? description : "\(path): \(description)"
    }
}
