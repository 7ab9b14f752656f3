import CProcessor
import Foundations
import Synchronization

/// A fixed team of threads that share jobs, the caller as member 0.
///
/// Nobody has a share of his own: every member that runs takes the next part until none is left, so that a thread that does
/// not run holds nothing up, and the caller can finish alone. The caller takes parts from the front and the others from the
/// back, so that each finds in its cache what it wrote before. Members wait by spinning briefly, then sleep: the steps of one
/// inference follow each other without a system call, and an idle team costs nothing.
///
/// A thread that is interrupted in the middle of a part does hold the job up. What such waits cost is weighed against what
/// the others' work saved; where it was more, the caller works alone for sixteen times as long, at most ten seconds.
package final class ThreadPool: @unchecked Sendable {
    /// A part of a job, and who runs it.
    package struct Part: Sendable {
        /// The number that `run` was given.
        package let job: Int
        /// The part's number, from 0.
        package let part: Int
        /// All parts of the job.
        package let parts: Int
        /// The thread's number, from 0.
        package let member: Int
    }

    /// What runs a part.
    package typealias Body = @Sendable (Part) -> Void

    /// Nanoseconds of waiting beyond what was saved after which the caller works alone.
    private static let patience: Int64 = 100_000
    /// Nanoseconds of what was saved that are remembered.
    private static let memory: Int64 = 2_000_000
    /// Nanoseconds that the caller works alone at most.
    private static let longest: Int64 = 10_000_000_000

    private let staysTogether: Bool
    private var threads: ThreadTeam
    private let team: Team
    /// Nanoseconds that were lost by waiting, less those that were saved.
    private var loss: Int64 = 0
    /// When the others may help again; 0 while they do.
    private var aloneUntil: UInt64 = 0

    /// - Parameter staysTogether: whether the others always help, whatever waiting for them costs.
    /// - Precondition: `count ≥ 1`.
    /// - Throws: `RuntimeError.threads` when the system refuses to start them.
    package init(count: Int, staysTogether: Bool = false, body: @escaping Body) throws {
        self.staysTogether = staysTogether
        team = Team(body: body)
        threads = ThreadTeam(1..<max(count, 1)) { [team] in team.serve($0) }
        let started = threads.count + 1
        guard started >= count else {
            dismiss()
            throw RuntimeError.threads(requested: count, started: started)
        }
    }

    deinit { dismiss() }

    private func dismiss() {
        team.offer(.dismissal)
        threads.join()
    }

    /// Whether the caller works alone, because there are no others or because waiting for them cost more than they did.
    package var isAlone: Bool {
        if threads.count == 0 { return true }
        if aloneUntil == 0 { return false }
        if condensenet_monotonic_nanoseconds() < aloneUntil { return true }
        aloneUntil = 0
        return false
    }

    /// Runs all parts of a job and returns when they are done. One caller at a time.
    ///
    /// - Precondition: both are in `0..<65535`.
    package func run(job: Int = 0, parts: Int) {
        guard parts > 1, !isAlone else {
            for part in 0..<parts { team.body(Part(job: job, part: part, parts: parts, member: 0)) }
            return
        }
        let start = condensenet_monotonic_nanoseconds()
        team.finished.value.store(0, ordering: .relaxed)
        team.offer(Ticket(job: job, parts: parts))
        var own = 0
        while let ticket = team.take(fromFront: true) {
            team.body(Part(job: job, part: ticket.front, parts: parts, member: 0))
            own += 1
        }
        let others = parts - own
        guard others > 0 else { return }
        let worked = condensenet_monotonic_nanoseconds()
        team.finished.wait { $0 == others }
        let end = condensenet_monotonic_nanoseconds()
        // What a part takes is known only from one that the caller ran.
        guard own > 0, !staysTogether else { return }
        let saved = Int64(worked - start) / Int64(own) * Int64(others)
        loss = max(loss + Int64(end - worked) - saved, -Self.memory)
        if loss > Self.patience {
            aloneUntil = end + UInt64(min(loss, Self.longest / 16)) * 16
            loss = 0
        }
    }
}

/// What the members share.
private final class Team: Sendable {
    let body: ThreadPool.Body
    /// The bits of the job's ticket.
    let open = Signal(Ticket(job: 0, parts: 0).bits)
    /// The job's parts that others than the caller have done.
    let finished = Signal(0)

    init(body: @escaping ThreadPool.Body) { self.body = body }

    func offer(_ ticket: Ticket) {
        open.value.store(ticket.bits, ordering: .sequentiallyConsistent)
        open.wake()
    }

    /// Takes a part from the front or the back; the ticket with it, or nil when none is left.
    @inline(__always)
    func take(fromFront: Bool) -> Ticket? {
        var ticket = Ticket(bits: open.value.load(ordering: .acquiring))
        while ticket.front < ticket.back {
            let rest = fromFront ? ticket.withoutFront : ticket.withoutBack
            let (isDone, now) = open.value.compareExchange(
                expected: ticket.bits, desired: rest.bits, ordering: .acquiringAndReleasing)
            if isDone { return ticket }
            ticket = Ticket(bits: now)
        }
        return nil
    }

    func serve(_ member: Int) {
        while true {
            open.wait {
                let ticket = Ticket(bits: $0)
                return ticket.front < ticket.back || ticket.isDismissal
            }
            // The ticket that is taken says what the job is: another may have come since.
            while let ticket = take(fromFront: false) {
                body(ThreadPool.Part(job: ticket.job, part: ticket.back - 1, parts: ticket.parts, member: member))
                finished.value.wrappingAdd(1, ordering: .sequentiallyConsistent)
                finished.wake()
            }
            if Ticket(bits: open.value.load(ordering: .acquiring)).isDismissal { return }
        }
    }
}
