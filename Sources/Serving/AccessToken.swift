import CommandLineSupport
import Foundations
import Glibc

/// What a client has to send as `Authorization: Bearer …`.
public struct AccessToken: Sendable {
    /// The least length, in bytes.
    static let minimumLength = 16
    private let bytes: [UInt8]

    /// The token in the file at `path`: one line.
    ///
    /// - Throws: `CommandFailure` when the file cannot be read or holds no token.
    init(path: String) throws {
        let content = try reporting(path) { try FileInput.read(path, limit: 4096) }
        guard let token = content.withUnsafeBytes({ AccessToken($0) }) else {
            throw CommandFailure(
                .badData,
                "\(path): expected one line of at least \(Self.minimumLength) letters, digits and signs, found something else"
            )
        }
        self = token
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & 0o044 != 0 {
            StandardError.warn("\(path): others than its owner may read the token")
        }
    }

    /// The token in a file's content; `nil` where there is none.
    public init?(_ content: some Collection<UInt8>) {
        var bytes = Array(content)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard bytes.count >= Self.minimumLength, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        self.bytes = bytes
    }

    /// Whether a header field's value presents the token. The time that this takes tells nothing of where a wrong one differs.
    public func isPresented(in authorization: String?) -> Bool {
        guard let authorization, authorization.prefix(7).lowercased() == "bearer " else { return false }
        let presented = Array(authorization.utf8.dropFirst(7))
        var difference: UInt8 = presented.count == bytes.count ? 0 : 1
        for index in presented.indices { difference |= presented[index] ^ bytes[index % bytes.count] }
        return difference == 0
    }
}
