import CProcessor
import Glibc
import Synchronization

/// Lets its members pass only together, again and again.
package final class Barrier: Sendable {
    private let members: Int
    private let arrived = Atomic(0)
    private let gate = Gate()

    /// - Precondition: `members ≥ 1`.
    package init(members: Int) { self.members = members }

    /// Waits until every member has come here.
    package func wait() {
        guard members > 1 else { return }
        let seen = gate.current
        if arrived.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == members {
            arrived.store(0, ordering: .relaxed)
            gate.open()
        } else {
            _ = gate.wait(after: seen)
        }
    }
}

/// Opens once a time; each opening has a number, and whoever has not seen it passes.
final class Gate: @unchecked Sendable {
    private static let spins = 4_000
    private let generation = Atomic(0)
    private let sleepers = Atomic(0)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
    }

    var current: Int { generation.load(ordering: .sequentiallyConsistent) }

    func open() {
        generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
        guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Waits for an opening after number `seen`; returns the latest number.
    func wait(after seen: Int) -> Int {
        for _ in 0..<Self.spins {
            let now = generation.load(ordering: .acquiring)
            if now != seen { return now }
            condensenet_processor_pause()
        }
        pthread_mutex_lock(mutex)
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while current == seen { pthread_cond_wait(condition, mutex) }
        sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        pthread_mutex_unlock(mutex)
        return current
    }
}
