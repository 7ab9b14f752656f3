import Glibc
import Synchronization

/// A fixed team of threads that run one body together, the caller as member 0.
///
/// Members wait by spinning briefly, then park, so that the steps of one inference follow each other without a system call
/// while an idle team costs nothing.
package final class ThreadPool: @unchecked Sendable {
    /// What every member runs: its number, counted from 0.
    package typealias Body = @Sendable (Int) -> Void

    private var threads: [pthread_t] = []
    private let team: Team

    /// - Precondition: `count ≥ 1`.
    /// - Throws: `RuntimeError.threads` when the system refuses to start them.
    package init(count: Int, body: @escaping Body) throws {
        team = Team(count: count, body: body)
        for member in 1..<max(count, 1) {
            var thread = pthread_t()
            let argument = Unmanaged.passRetained(Recruit(team: team, member: member))
            let failure = pthread_create(
                &thread, nil,
                { pointer in
                    let recruit = Unmanaged<Recruit>.fromOpaque(pointer!).takeRetainedValue()
                    recruit.team.serve(recruit.member)
                    return nil
                }, argument.toOpaque())
            guard failure == 0 else {
                argument.release()
                dismiss()
                throw RuntimeError.threads(requested: count, started: member)
            }
            threads.append(thread)
        }
    }

    deinit { dismiss() }

    private func dismiss() {
        team.isDismissed.store(true, ordering: .releasing)
        team.start.open()
        for thread in threads { pthread_join(thread, nil) }
        threads = []
    }

    /// Runs the body on every member and returns when all are done. One caller at a time.
    package func run() {
        team.start.open()
        team.body(0)
        team.finish.wait()
    }
}

/// What the members share.
private final class Team: Sendable {
    let body: ThreadPool.Body
    let start = Gate()
    let finish: Barrier
    let isDismissed = Atomic(false)

    package init(count: Int, body: @escaping ThreadPool.Body) {
        self.body = body
        finish = Barrier(members: count)
    }

    func serve(_ member: Int) {
        var seen = 0
        while true {
            seen = start.wait(after: seen)
            if isDismissed.load(ordering: .acquiring) { return }
            body(member)
            finish.wait()
        }
    }
}

/// A thread's first instruction.
private final class Recruit: Sendable {
    let team: Team
    let member: Int

    init(team: Team, member: Int) {
        self.team = team
        self.member = member
    }
}
