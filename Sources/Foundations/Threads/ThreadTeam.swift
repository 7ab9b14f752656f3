import Glibc

/// Threads of the system that run one body, each with its number.
package struct ThreadTeam {
    private var threads: [pthread_t] = []

    /// Starts a thread for each number in turn, until the system refuses one.
    package init(_ numbers: Range<Int>, body: @escaping @Sendable (_ number: Int) -> Void) {
        for number in numbers {
            var thread = pthread_t()
            let start = Unmanaged.passRetained(Start(body: body, number: number))
            let failure = pthread_create(
                &thread, nil,
                { pointer in
                    let start = Unmanaged<Start>.fromOpaque(pointer!).takeRetainedValue()
                    start.body(start.number)
                    return nil
                }, start.toOpaque())
            guard failure == 0 else {
                start.release()
                return
            }
            threads.append(thread)
        }
    }

    /// How many threads run: less than was asked for where the system refused one.
    package var count: Int { threads.count }

    /// Waits until every thread's body has returned. Later calls do nothing.
    package mutating func join() {
        for thread in threads { pthread_join(thread, nil) }
        threads = []
    }
}

/// A thread's first instruction.
private final class Start: Sendable {
    let body: @Sendable (Int) -> Void
    let number: Int

    init(body: @escaping @Sendable (Int) -> Void, number: Int) {
        self.body = body
        self.number = number
    }
}
