import Foundations
import Glibc
import Synchronization

/// SIGTERM, as a service manager sends it: the orderly end of a command that otherwise never ends.
package enum Termination {
    private static let requested = Atomic(false)

    /// Whether the command shall end.
    package static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// From now on the command asks `isRequested`; before, SIGTERM ends the process.
    package static func handle() {
        _ = Cancellation.isRequested
        signal(SIGTERM) { _ in
            // A second one ends the process at once.
            if Termination.requested.exchange(true, ordering: .relaxed) { _exit(128 + SIGTERM) }
            Cancellation.request()
        }
    }
}
