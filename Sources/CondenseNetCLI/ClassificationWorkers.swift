import Classifying
import Foundations
import Glibc
import Synchronization

/// Threads that do jobs side by side and hand over what comes of them in the order of the jobs.
///
/// One thread submits and takes; it does nothing itself. Without a second worker the caller does each job at once.
final class ClassificationWorkers: @unchecked Sendable {
    typealias Job = SourceImage

    private struct State {
        var jobs: [(number: Int, job: Job)] = []
        var results: [Int: Classification] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())
    private let changed: UnsafeMutablePointer<sem_t>
    private let waiting: UnsafeMutablePointer<sem_t>
    private let work: @Sendable (Int, Job) -> Classification
    private var threads = ThreadTeam(0..<0) { _ in }
    private var submitted = 0
    private var taken = 0

    /// Starts `count` workers, or as many as the system allows.
    ///
    /// - Parameter work: does a job; it is told the worker's number, from 0.
    init(count: Int, work: @escaping @Sendable (_ worker: Int, Job) -> Classification) {
        self.work = work
        changed = .allocate(capacity: 1)
        waiting = .allocate(capacity: 1)
        sem_init(changed, 0, 0)
        sem_init(waiting, 0, 0)
        if count > 1 { threads = ThreadTeam(0..<count) { [self] in serve($0) } }
    }

    /// Jobs that were submitted and whose results have not been taken.
    var pending: Int { submitted - taken }
    /// Workers that were started; 0 where the caller works.
    var count: Int { threads.count }

    /// Gives the workers a job.
    func submit(_ job: Job) {
        let number = submitted
        submitted += 1
        guard count > 0 else {
            let result = work(0, job)
            state.withLock { $0.results[number] = result }
            return
        }
        state.withLock { $0.jobs.append((number, job)) }
        sem_post(waiting)
    }

    /// The oldest job's result, once it is known; `nil` where none is pending.
    func next() -> Classification? {
        guard pending > 0 else { return nil }
        let number = taken
        while true {
            if let result = state.withLock({ $0.results.removeValue(forKey: number) }) {
                taken += 1
                return result
            }
            sem_wait(changed)
        }
    }

    /// Lets the workers end, and waits until they have.
    func finish() {
        state.withLock { $0.isClosed = true }
        for _ in 0..<count { sem_post(waiting) }
        threads.join()
    }

    private func serve(_ worker: Int) {
        while true {
            sem_wait(waiting)
            let job = state.withLock { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
            guard let job else {
                if state.withLock({ $0.isClosed }) { return }
                continue
            }
            let result = work(worker, job.job)
            state.withLock { $0.results[job.number] = result }
            sem_post(changed)
        }
    }

    deinit {
        changed.deallocate()
        waiting.deallocate()
    }
}
