import CProcessor
import Glibc
import Synchronization

/// A number that threads change and wait on: they spin briefly, then sleep.
final class Signal: @unchecked Sendable {
    private static let spins = 4_000
    /// The number. Whoever changes what others wait for calls `wake` after it.
    let value: Atomic<UInt64>
    private let sleepers = Atomic(0)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(_ value: UInt64) {
        self.value = Atomic(value)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
    }

    /// Wakes all that sleep, so that they look at the number.
    func wake() {
        // A change before this line and a sleeper's look after it counted itself are in one order for all.
        guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Waits until the number is such that `isMet`.
    func wait(until isMet: (UInt64) -> Bool) {
        for _ in 0..<Self.spins {
            if isMet(value.load(ordering: .acquiring)) { return }
            condensenet_processor_pause()
        }
        pthread_mutex_lock(mutex)
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while !isMet(value.load(ordering: .sequentiallyConsistent)) { pthread_cond_wait(condition, mutex) }
        sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        pthread_mutex_unlock(mutex)
    }
}
