import Foundations

/// An answer to a request.
struct HTTPResponse: Sendable {
    /// What comes after the head.
    enum Body: Sendable {
        case bytes([UInt8])
        /// Events as they come, until the connection ends.
        case events
    }

    var status: Int
    var headers: [(name: String, value: String)]
    var body: Body

    init(status: Int = 200, type: String, body: [UInt8]) {
        self.status = status
        headers = [("Content-Type", type)]
        self.body = .bytes(body)
    }

    init(json: JSONValue, status: Int = 200) {
        self.init(status: status, type: "application/json", body: Array((json.text() + "\n").utf8))
    }

    /// Events in the format of WHATWG's server-sent events.
    static var events: HTTPResponse {
        var response = HTTPResponse(type: "text/event-stream", body: [])
        response.body = .events
        return response
    }

    /// The head, and the body where it is known and asked for.
    func bytes(keepsAlive: Bool, withBody: Bool) -> [UInt8] {
        var head = "HTTP/1.1 \(status) \(Self.phrase(status))\r\n"
        for header in headers { head += "\(header.name): \(header.value)\r\n" }
        head += "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"
        guard case .bytes(let body) = body else { return Array((head + "Connection: close\r\n\r\n").utf8) }
        head += "Content-Length: \(body.count)\r\nConnection: \(keepsAlive ? "keep-alive" : "close")\r\n\r\n"
        return Array(head.utf8) + (withBody ? body : [])
    }

    private static func phrase(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Error"
        }
    }
}
