import CommandLineSupport
import FlyingSocks
import Glibc

/// Where the server listens: a numeric address of this machine and a port.
struct ListenAddress {
    private let storage: any SocketAddress & Sendable
    /// Whether this machine alone can reach it.
    let isLoopback: Bool

    /// Such as `127.0.0.1:8080`, `[::1]:8080` or `localhost:0`, whose port the system chooses; `nil` for other texts.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        let host = text[..<colon] == "localhost" ? "127.0.0.1" : String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = String(host.dropFirst().dropLast())
            guard let inet: sockaddr_in6 = try? .inet6(ip6: address, port: port) else { return nil }
            storage = inet
            isLoopback = address == "::1"
        } else {
            guard let inet: sockaddr_in = try? .inet(ip4: host, port: port) else { return nil }
            storage = inet
            isLoopback = host.hasPrefix("127.")
        }
    }

    /// A socket that listens there, and its address with the port that the system has chosen.
    ///
    /// - Throws: `CommandFailure`.
    func listen(_ name: String) throws -> (socket: Socket, url: String) {
        do {
            let socket = try Socket(domain: Int32(storage.family), type: .stream)
            try socket.setValue(true, for: .localAddressReuse)
            try socket.bind(to: storage)
            try socket.listen()
            _ = fcntl(socket.file.rawValue, F_SETFD, FD_CLOEXEC)
            switch try socket.sockname() {
            case .ip4(let address, let port): return (socket, "http://\(address):\(port)")
            case .ip6(let address, let port): return (socket, "http://[\(address)]:\(port)")
            case .unix(let path): return (socket, path)
            }
        } catch SocketError.failed(_, let number, _) {
            throw CommandFailure(.inputOutput, "\(name): \(String(cString: strerror(number)))")
        } catch {
            throw CommandFailure(.inputOutput, "\(name): \(error)")
        }
    }
}
