import CommandLineSupport
import CondenseNet
import Foundations
import Glibc
import Synchronization

/// The frames that come on a file descriptor: the newest one whenever one is asked for, or every one.
///
/// The newest frame is had by a thread that always reads, so that a camera never waits and no old frame lies in a pipe. Where
/// every frame is taken, frames are read when they are asked for, and the camera waits.
package final class FrameStream: @unchecked Sendable {
    /// The most broken frames that are kept until they are told of.
    private static let brokenLimit = 256

    private struct State {
        var splitter: FrameSplitter
        var count = 0
        /// Broken frames, and behind them the newest whole one or every one.
        var pending: [StreamFrame] = []
        var isAtEnd = false
        var failure: CommandFailure?
    }

    private let descriptor: Int32
    private let takesEveryFrame: Bool
    private let state: Mutex<State>
    /// Two ends of a pipe, in which there is a byte when there is something to take.
    private let wakeup: (read: Int32, write: Int32)

    /// - Throws: `CommandFailure` when the system refuses a pipe or a thread.
    package init(descriptor: Int32, format: StreamFormat, takesEveryFrame: Bool) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Self.failure() }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        wakeup = (ends[0], ends[1])
        self.descriptor = descriptor
        self.takesEveryFrame = takesEveryFrame
        state = Mutex(State(splitter: FrameSplitter(format)))
        guard !takesEveryFrame else { return }
        let reader = ThreadTeam(0..<1) { [self] _ in while fill() {} }
        guard reader.count == 1 else {
            throw CommandFailure(.internal, "the system starts no thread that reads frames")
        }
    }

    deinit {
        close(wakeup.read)
        close(wakeup.write)
    }

    private static func failure() -> CommandFailure {
        CommandFailure(.inputOutput, "standard input: \(String(cString: strerror(errno)))")
    }

    /// Whether a frame can be had at once.
    package var hasPending: Bool { state.withLock { !$0.pending.isEmpty } }

    /// The next frame, once there is one; `nil` after the last one, or when the program is asked to end.
    ///
    /// - Throws: `CommandFailure` when the stream cannot be read or never had a frame.
    package func next() throws -> StreamFrame? {
        while true {
            let (frame, isAtEnd, failure, count) = state.withLock { state in
                (state.pending.isEmpty ? nil : state.pending.removeFirst(), state.isAtEnd, state.failure, state.count)
            }
            if let frame { return frame }
            if let failure { throw failure }
            if isAtEnd {
                guard count > 0 else { throw CommandFailure(.noInput, "standard input: expected frames, found none") }
                return nil
            }
            if takesEveryFrame {
                if !fill(), Interruption.isRequested || Termination.isRequested { return nil }
            } else {
                guard waitUntilReadable(wakeup.read) else { return nil }
                var byte: UInt8 = 0
                while read(wakeup.read, &byte, 1) > 0 {}
            }
        }
    }

    /// Reads what there is; `false` when there is nothing more, or the program is asked to end.
    private func fill() -> Bool {
        guard waitUntilReadable(descriptor) else { return false }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return true }
        let failure = count < 0 ? Self.failure() : nil
        let isWhole = state.withLock { state in
            let arrival = monotonicNanoseconds()
            if count > 0 { state.splitter.append(chunk.prefix(count)) }
            while let frame = state.splitter.next() { add(frame, arrival, &state) }
            guard count <= 0 else { return true }
            if let error = state.splitter.finish() { add(.failure(error), arrival, &state) }
            state.failure = failure
            state.isAtEnd = true
            return false
        }
        var byte: UInt8 = 1
        // A full pipe wakes as well.
        if !takesEveryFrame { _ = write(wakeup.write, &byte, 1) }
        return isWhole
    }

    private func add(_ frame: Result<[UInt8], FrameError>, _ arrival: UInt64, _ state: inout State) {
        state.count += 1
        if !takesEveryFrame {
            if case .success = frame { state.pending.removeAll { (try? $0.bytes.get()) != nil } }
            if state.pending.count > Self.brokenLimit { state.pending.removeFirst() }
        }
        state.pending.append(StreamFrame(number: state.count, bytes: frame, arrival: arrival))
    }
}

/// Waits until `descriptor` can be read or has ended; `false` when the program is asked to end.
package func waitUntilReadable(_ descriptor: Int32) -> Bool {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // The limit is for a signal that comes between the question and the wait.
    while !Interruption.isRequested, !Termination.isRequested {
        if poll(&wanted, 1, 250) > 0 { return true }
    }
    return false
}
