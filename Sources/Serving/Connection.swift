import CommandLineSupport
import CondenseNet
import FlyingSocks
import FoundationEssentials
import Foundations
import Glibc

/// One client's connection: reads requests, one after the other, and writes their answers.
///
/// A deadline is set for whatever is waited for; the server shuts down a connection that is beyond its deadline.
struct Connection {
    let socket: AsyncSocket
    let pool: any AsyncSocketPool
    let peer: String
    let server: Server
    private var buffer: [UInt8] = []
    /// Bytes of the body that there is room for.
    private var reserved = 0

    init(socket: AsyncSocket, pool: any AsyncSocketPool, peer: String, server: Server) {
        self.socket = socket
        self.pool = pool
        self.peer = peer
        self.server = server
    }

    private var file: Int32 { socket.socket.file.rawValue }

    /// Answers requests until the client or a deadline ends the connection.
    mutating func serve() async {
        do {
            while try await answerRequest() {}
        } catch let error as HTTPError {
            // The rest of what the client sends is no request any more.
            try? await refuse(error)
        } catch {}
    }

    /// Answers one request; `false` when it was the last.
    ///
    /// - Throws: `HTTPError` where what follows cannot be told from the body, and `SocketError`.
    private mutating func answerRequest() async throws -> Bool {
        guard let bytes = try await readHead() else { return false }
        let start = monotonicNanoseconds()
        var endpoint = "none"
        var response: HTTPResponse
        var method = "-"
        var path = "-"
        var keepsAlive = false
        do {
            let head = try RequestHead(bytes)
            (method, path) = (head.method, "/" + head.path.joined(separator: "/"))
            guard let route = server.service.route(head.path) else {
                throw HTTPError(404, "expected a path that there is")
            }
            endpoint = route.endpoint
            try server.service.admit(head, to: route)
            defer {
                server.release(reserved)
                reserved = 0
            }
            let body = try await readBody(head)
            // From here on the next request can be told from this one, whatever comes of it.
            keepsAlive = head.keepsAlive && !server.isDraining
            server.setDeadline(file, .answering)
            do {
                response = try await route.answer(head, body)
            } catch {
                response = HTTPError(error).response
            }
            keepsAlive = keepsAlive && !server.isDraining
            guard case .bytes = response.body else {
                guard let events = server.service.events.listen() else {
                    throw HTTPError(503, "expected at most \(HTTPLimits.listeners) listeners to events")
                }
                note(endpoint, method, path, response, start)
                try await write(response.bytes(keepsAlive: false, withBody: true))
                for await event in events { try await write(Array(event.utf8)) }
                return false
            }
            try await write(response.bytes(keepsAlive: keepsAlive, withBody: method != "HEAD"))
        } catch let error as HTTPError {
            note(endpoint, method, path, error.response, start)
            throw error
        }
        note(endpoint, method, path, response, start)
        return keepsAlive
    }

    private func note(_ endpoint: String, _ method: String, _ path: String, _ response: HTTPResponse, _ start: UInt64) {
        let seconds = Double(monotonicNanoseconds() - start) / 1e9
        server.service.metrics.count(endpoint: endpoint, status: response.status, seconds: seconds)
        guard server.logsRequests else { return }
        StandardError.write(
            line: "\(peer) \(method) \(path.excerpt) \(response.status) \(Format.fixed(1000 * seconds, 2)) ms")
    }

    /// The bytes of the next head, without the empty line after it; `nil` where the client sends no more.
    private mutating func readHead() async throws -> ArraySlice<UInt8>? {
        server.setDeadline(file, buffer.isEmpty ? .idle : .head)
        var searched = 0
        while true {
            if let end = Self.endOfHead(buffer, from: max(searched - 3, 0)) {
                guard end <= RequestHead.limit else { break }
                defer { buffer.removeFirst(end + 4) }
                return buffer[..<end]
            }
            guard buffer.count <= RequestHead.limit else { break }
            searched = buffer.count
            guard try await fill() else {
                guard buffer.isEmpty else { throw HTTPError(400, "expected a whole request, found its beginning") }
                return nil
            }
            if searched == 0 { server.setDeadline(file, .head) }
        }
        throw HTTPError(431, "expected at most \(RequestHead.limit) bytes before the body")
    }

    private static func endOfHead(_ bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (start..<max(bytes.count - 3, start)).first {
            bytes[$0] == 13 && bytes[$0 + 1] == 10 && bytes[$0 + 2] == 13 && bytes[$0 + 3] == 10
        }
    }

    private mutating func readBody(_ head: RequestHead) async throws -> [UInt8] {
        guard head.contentLength > 0 else { return [] }
        server.setDeadline(file, .transfer)
        if head["expect"]?.lowercased() == "100-continue" {
            try await socket.write(Data("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        }
        while buffer.count < head.contentLength {
            try reserve(buffer.count)
            guard try await fill() else { throw SocketError.disconnected }
        }
        try reserve(head.contentLength)
        guard buffer.count > head.contentLength else {
            defer { buffer = [] }
            return buffer
        }
        defer { buffer.removeFirst(head.contentLength) }
        return Array(buffer[..<head.contentLength])
    }

    /// Takes room for what has come of a body, `count` bytes: a promise of more holds up nobody else.
    private mutating func reserve(_ count: Int) throws {
        guard server.reserve(count - reserved) else { throw HTTPError(503, "too many bodies at once") }
        reserved = count
    }

    /// Waits for bytes and takes them up; `false` when there are no more.
    private mutating func fill() async throws -> Bool {
        while true {
            let count = withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { chunk in
                let count = recv(file, chunk.baseAddress, chunk.count, 0)
                if count > 0 { buffer += UnsafeRawBufferPointer(rebasing: chunk[..<count]) }
                return count
            }
            if count > 0 { return true }
            if count == 0 { return false }
            switch errno {
            case EAGAIN: try await pool.suspendSocket(socket.socket, untilReadyFor: .read)
            case EINTR: continue
            default: return false
            }
        }
    }

    private func write(_ bytes: [UInt8]) async throws {
        server.setDeadline(file, .transfer)
        try await socket.write(Data(bytes))
    }

    /// Says why a request is refused whose body has not been read, and lets the client read that before the connection ends.
    private mutating func refuse(_ error: HTTPError) async throws {
        try await write(error.response.bytes(keepsAlive: false, withBody: true))
        shutdown(file, Int32(SHUT_WR))
        server.setDeadline(file, .refused)
        var left = HTTPLimits.bodyBytes
        while left > 0 {
            buffer = []
            guard try await fill() else { return }
            left -= buffer.count
        }
    }
}
