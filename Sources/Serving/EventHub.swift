import Foundations
import Synchronization

/// Gives each event to all who listen. Who does not keep up misses the older ones.
final class EventHub: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<String>.Continuation] = [:]
        var next = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    /// How many listen.
    var count: Int { state.withLock { $0.listeners.count } }

    /// The events from now on; `nil` where too many listen already.
    func listen() -> AsyncStream<String>? {
        state.withLock { state in
            guard state.listeners.count < HTTPLimits.listeners, !state.isFinished else { return nil }
            let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(16))
            let number = state.next
            state.next += 1
            state.listeners[number] = continuation
            continuation.onTermination = { [self] _ in remove(number) }
            return stream
        }
    }

    private func remove(_ number: Int) {
        state.withLock { _ = $0.listeners.removeValue(forKey: number) }
    }

    /// Sends an event whose data is one line.
    func send(_ name: String, _ data: JSONValue) { sendText("event: \(name)\ndata: \(data.text())\n\n") }

    /// Sends what listeners pass over, so that a connection whose other end is gone is noticed.
    func sendHeartbeat() { sendText(":\n\n") }

    private func sendText(_ text: String) {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield(text) }
    }

    /// Ends every listener's stream.
    func finish() {
        let listeners = state.withLock { state in
            state.isFinished = true
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}
