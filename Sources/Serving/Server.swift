import CommandLineSupport
import CondenseNet
import FlyingSocks
import Foundations
import Glibc
import Synchronization

/// Accepts connections and holds each to its deadline.
final class Server: Sendable {
    /// What a connection waits for, in seconds at most.
    enum Phase {
        /// A request.
        case idle
        /// The rest of a request's head.
        case head
        /// The rest of a body, or the client to take an answer.
        case transfer
        /// The network.
        case answering
        /// The end of a request that was refused.
        case refused

        fileprivate var seconds: Double {
            switch self {
            case .idle: HTTPLimits.idleSeconds
            case .head: HTTPLimits.headSeconds
            case .transfer: HTTPLimits.transferSeconds
            case .answering: .infinity
            case .refused: 2
            }
        }
    }

    private struct Entry {
        var isIdle = true
        /// When the phase began and when it has to end, in seconds of the monotonic clock.
        var start: Double
        var end: Double
    }

    private struct State {
        var connections: [Int32: Entry] = [:]
        var bodyBytes = 0
        /// When draining began.
        var drain: Double?
        var isInterrupted = false
    }

    let service: Service
    /// Whether each request is told of on standard error.
    let logsRequests: Bool
    private let listener: AsyncSocket
    private let pool: any AsyncSocketPool
    private let state = Mutex(State())

    /// - Parameter listener: a socket that listens.
    init(listener: Socket, service: Service, logsRequests: Bool) throws {
        let pool: SocketPool<ePoll> = .ePoll(maxEvents: 64)
        self.pool = pool
        self.listener = try AsyncSocket(socket: listener, pool: pool)
        self.service = service
        self.logsRequests = logsRequests
    }

    private static var now: Double { Double(monotonicNanoseconds()) / 1e9 }

    /// Whether the server is about to end.
    var isDraining: Bool { state.withLock { $0.drain != nil } }

    /// Whether it was the user at the terminal who wanted that.
    var isInterrupted: Bool { state.withLock { $0.isInterrupted } }

    /// From now on no connection is accepted, and the ones that there are end after their requests.
    func drain(isInterrupted: Bool) {
        state.withLock { ($0.drain, $0.isInterrupted) = (Self.now, isInterrupted) }
        service.events.finish()
    }

    /// Serves until it has been drained.
    func run() async throws {
        try await pool.prepare()
        let running = Task { [pool] in try await pool.run() }
        let accepting = Task { await accept() }
        var ticks = 0
        while true {
            try await Task.sleep(nanoseconds: 250_000_000)
            ticks += 1
            if ticks % 60 == 0 { service.events.sendHeartbeat() }
            endLateConnections()
            guard isDraining else { continue }
            accepting.cancel()
            await accepting.value
            if state.withLock({ $0.connections.isEmpty }) { break }
        }
        running.cancel()
    }

    private func endLateConnections() {
        state.withLock { state in
            let now = Self.now
            for (file, entry) in state.connections {
                var end = entry.end
                if let drain = state.drain {
                    end = min(end, drain + (entry.isIdle ? HTTPLimits.drainIdleSeconds : HTTPLimits.drainSeconds))
                }
                // The connection's own task finds the end of the stream, and closes it.
                if now > end { shutdown(file, Int32(SHUT_RDWR)) }
            }
        }
    }

    // MARK: Connections

    private func accept() async {
        while true {
            do {
                start(try await listener.accept())
            } catch is CancellationError {
                // Whoever has been told that the connection stands is answered.
                while let last = try? listener.socket.accept(),
                    let socket = try? AsyncSocket(socket: Socket(file: last.file), pool: pool)
                { start(socket) }
                try? listener.close()
                return
            } catch {
                // No more file descriptors, or a client that is gone already.
                try? await Task.sleep(nanoseconds: 50_000_000)
            }
        }
    }

    private func start(_ socket: AsyncSocket) {
        let file = socket.socket.file.rawValue
        var one: Int32 = 1
        setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        let isTaken = state.withLock { state in
            if state.connections.count >= HTTPLimits.connections {
                // The one that has waited longest without a request makes room.
                guard let idle = state.connections.filter(\.value.isIdle).min(by: { $0.value.start < $1.value.start })
                else { return false }
                shutdown(idle.key, Int32(SHUT_RDWR))
                state.connections[idle.key]?.isIdle = false
            }
            let now = Self.now
            state.connections[file] = Entry(start: now, end: now + Phase.idle.seconds)
            return true
        }
        Task { [self] in
            defer { try? socket.close() }
            guard isTaken else {
                let response = HTTPError(503, "too many connections").response
                _ = response.bytes(keepsAlive: false, withBody: true).withUnsafeBytes {
                    send(file, $0.baseAddress, $0.count, 0)
                }
                return
            }
            var connection = Connection(socket: socket, pool: pool, peer: Self.peer(socket.socket), server: self)
            await connection.serve()
            state.withLock { _ = $0.connections.removeValue(forKey: file) }
        }
    }

    private static func peer(_ socket: Socket) -> String {
        switch try? socket.remotePeer() {
        case .ip4(let address, _)?, .ip6(let address, _)?: address
        default: "-"
        }
    }

    /// Says what a connection waits for from now on.
    func setDeadline(_ file: Int32, _ phase: Phase) {
        state.withLock {
            let now = Self.now
            $0.connections[file] = Entry(isIdle: phase == .idle, start: now, end: now + phase.seconds)
        }
    }

    /// Room for more bytes of a request's body, which `release` gives back; `false` where there is none now.
    func reserve(_ bytes: Int) -> Bool {
        state.withLock {
            guard $0.bodyBytes + bytes <= HTTPLimits.allBodiesBytes else { return false }
            $0.bodyBytes += bytes
            return true
        }
    }

    /// Gives back what `reserve` gave.
    func release(_ bytes: Int) { state.withLock { $0.bodyBytes -= bytes } }
}
