import Synchronization

/// The request that this process stop what it computes: runs of a network end with an error, after the step at hand.
public enum Cancellation {
    private static let requested = Atomic(false)

    /// Whether the request has been made.
    public static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Makes the request, which is never taken back. A signal handler may call this once `isRequested` has been asked.
    public static func request() { requested.store(true, ordering: .relaxed) }
}
