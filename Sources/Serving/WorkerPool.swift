import Foundations
import Glibc
import Synchronization

/// Threads that do what takes long, so that connections never wait for each other's; a bounded queue is before them.
final class WorkerPool: @unchecked Sendable {
    private typealias Job = @Sendable (_ worker: Int) -> Void

    private let jobs = Mutex<[Job]>([])
    /// Counts the jobs that wait. The workers never end, and so it is never given back.
    private let waiting = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    /// The most jobs that wait.
    let limit: Int
    private var threads: ThreadTeam!

    /// Starts `count` workers, or as many as the system allows.
    init(count: Int, limit: Int) {
        self.limit = limit
        sem_init(waiting, 0, 0)
        threads = ThreadTeam(0..<count) { [self] in serve($0) }
    }

    /// How many work.
    var count: Int { threads.count }

    /// Jobs that wait.
    var depth: Int { jobs.withLock { $0.count } }

    /// What `job` gives, done by one of the workers.
    ///
    /// - Throws: `HTTPError` of status 503 when as many jobs wait as may, and what `job` throws.
    func run<Result: Sendable>(_ job: @escaping @Sendable (_ worker: Int) throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = jobs.withLock { jobs in
                guard jobs.count < limit else { return false }
                jobs.append { worker in continuation.resume(with: Swift.Result { try job(worker) }) }
                return true
            }
            if isTaken {
                sem_post(waiting)
            } else {
                continuation.resume(throwing: HTTPError(503, "\(limit) requests are waiting already"))
            }
        }
    }

    private func serve(_ worker: Int) {
        while true {
            sem_wait(waiting)
            let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            job?(worker)
        }
    }
}
