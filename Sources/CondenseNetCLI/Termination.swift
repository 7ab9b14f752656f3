import Glibc
import Synchronization

/// SIGTERM, as a service manager sends it: the orderly end of a command that otherwise never ends.
enum Termination {
    private static let requested = Atomic(false)

    /// Whether the command shall end.
    static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// From now on the command asks `isRequested`; before, SIGTERM ends the process.
    static func handle() {
        signal(SIGTERM) { _ in Termination.requested.store(true, ordering: .relaxed) }
    }
}
