import Foundations

/// What a request says before its body (RFC 9112): strictly read, within `limit` bytes.
public struct RequestHead: Equatable, Sendable {
    /// The longest head, in bytes.
    public static let limit = 16 << 10
    /// The most header fields.
    static let fieldLimit = 100

    /// Fields that are read here, and so may come only once.
    private static let singular: Set<String> = [
        "host", "origin", "authorization", "connection", "expect", "content-length", "content-encoding",
        "transfer-encoding", "inference-header-content-length",
    ]

    /// Such as `GET`.
    public let method: String
    /// The segments between the path's slashes, their escapes undone.
    public let path: [String]
    /// The query's names and values, their escapes undone.
    public let query: [String: String]
    /// Whether the client would rather send another request on the connection.
    public let keepsAlive: Bool
    /// Bytes of the body.
    public let contentLength: Int
    private let fields: [String: String]

    /// The value of a header field, whatever the case of its name.
    public subscript(name: String) -> String? { fields[name.lowercased()] }

    /// Reads the bytes before the empty line that ends a head.
    ///
    /// - Throws: `HTTPError`.
    public init(_ bytes: some Collection<UInt8>) throws {
        guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
            throw HTTPError(400, "expected a request's head in UTF-8")
        }
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for index in lines.indices.dropLast() {
            guard lines[index].popLast() == UInt8(ascii: "\r") else {
                throw HTTPError(400, "expected lines that end with a carriage return and a line feed")
            }
        }
        let words = lines[0].split(separator: 0x20, omittingEmptySubsequences: false).map { String($0)! }
        guard words.count == 3, Self.isToken(words[0]) else {
            throw HTTPError(400, "expected a method, a path and a version of HTTP")
        }
        guard words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else {
            throw HTTPError(505, "expected HTTP/1.1")
        }
        method = words[0]
        (path, query) = try Self.target(words[1])
        fields = try Self.fields(lines.dropFirst())
        guard words[2] == "HTTP/1.0" || fields["host"] != nil else { throw HTTPError(400, "expected a Host field") }
        guard fields["transfer-encoding"] == nil else {
            throw HTTPError(411, "expected a Content-Length, found a Transfer-Encoding")
        }
        guard fields["content-encoding"] == nil || fields["content-encoding"] == "identity" else {
            throw HTTPError(415, "expected a body without Content-Encoding")
        }
        contentLength =
            try fields["content-length"].map {
                guard let length = Self.number($0) else { throw HTTPError(400, "expected a Content-Length in digits") }
                return length
            } ?? 0
        let connection = (fields["connection"] ?? "").lowercased()
        keepsAlive = words[2] == "HTTP/1.1" ? !connection.contains("close") : connection.contains("keep-alive")
    }

    /// A number of digits alone; `nil` for any other text and for numbers beyond all limits.
    static func number(_ text: String) -> Int? {
        (1...15).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    private static func fields(_ lines: some Sequence<Substring.UTF8View>) throws -> [String: String] {
        var fields: [String: String] = [:]
        for line in lines {
            guard fields.count < fieldLimit else {
                throw HTTPError(431, "expected at most \(fieldLimit) header fields")
            }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), let name = String(line[..<colon]), isToken(name)
            else { throw HTTPError(400, "expected header fields, a name and a colon each") }
            let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
            var value = line[line.index(after: colon)...].drop(while: isSpace)
            while let last = value.last, isSpace(last) { value.removeLast() }
            guard value.allSatisfy({ $0 >= 0x20 || $0 == 0x09 }), let text = String(value) else {
                throw HTTPError(400, "expected header fields without control characters")
            }
            let isRepeated = fields.updateValue(text, forKey: name.lowercased()) != nil
            guard !isRepeated || !singular.contains(name.lowercased()) else {
                throw HTTPError(400, "expected each header field once, found \(name.excerpt) twice")
            }
        }
        return fields
    }

    private static func target(_ target: String) throws -> (path: [String], query: [String: String]) {
        guard target.utf8.first == UInt8(ascii: "/") else { throw HTTPError(400, "expected a path that begins with /") }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = try parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(unescape)
        var query: [String: String] = [:]
        for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let sides = try pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(unescape)
            guard query.updateValue(sides.count > 1 ? sides[1] : "", forKey: sides[0]) == nil else {
                throw HTTPError(400, "expected each parameter once, found \(sides[0].excerpt) twice")
            }
        }
        return (path == [""] ? [] : path, query)
    }

    private static func unescape(_ text: Substring) throws -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let digits = String(rest.prefix(2)), digits.utf8.count == 2, digits.first != "+", digits.first != "-",
                let value = UInt8(digits, radix: 16), value != 0
            else { throw HTTPError(400, "expected escapes of two hexadecimal digits") }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw HTTPError(400, "expected a path in UTF-8")
        }
        return text
    }
}
