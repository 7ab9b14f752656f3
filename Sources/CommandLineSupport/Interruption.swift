import Foundations
import Glibc
import Synchronization

/// Control-C: a command that can stop early asks `isRequested`; any other ends at once, with exit code 130.
package enum Interruption {
    private static let requested = Atomic(false)
    private static let isDeferred = Atomic(false)

    /// Whether the user wants the command to stop.
    package static var isRequested: Bool { requested.load(ordering: .relaxed) }

    package static func install() {
        // A parent may have blocked the signals that it, too, wants to end this process with.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        signal(SIGINT) { _ in
            // A second Control-C ends even a command that defers.
            guard Interruption.isDeferred.load(ordering: .relaxed),
                !Interruption.requested.exchange(true, ordering: .relaxed)
            else { _exit(CommandFailure.Code.interrupted.rawValue) }
            Cancellation.request()
        }
    }

    /// From now on the command asks `isRequested`.
    package static func handle() {
        _ = Cancellation.isRequested
        isDeferred.store(true, ordering: .relaxed)
    }
}
