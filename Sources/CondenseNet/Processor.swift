import CProcessor
import Engine
import Glibc

/// The processors that run this program: which they are allowed to be, and how fast their clock is.
public enum Processor {
    /// The numbers of the processors that the calling thread may use, in ascending order.
    public static var allowed: [Int] {
        var processors = [Int32](repeating: 0, count: 4096)
        let count = condensenet_allowed_processors(&processors, processors.count)
        return processors.prefix(count).map(Int.init)
    }

    /// Keeps the calling thread, and the threads of every session that it makes later, on `processors`.
    ///
    /// - Throws: `RuntimeError.affinity` when one of them does not exist or may not be used; the thread then stays where it
    ///   was.
    public static func pin(to processors: [Int]) throws {
        func pinning(to processors: [Int]) -> Int32 {
            condensenet_pin(processors.map { Int32(clamping: $0) }, processors.count)
        }
        let before = allowed
        let failure = pinning(to: processors)
        guard failure == 0 else {
            throw RuntimeError.affinity(processors: processors, reason: String(cString: strerror(failure)))
        }
        // As long as one processor is left, the system passes over those that it does not have.
        let missing = Set(processors).subtracting(allowed)
        guard missing.isEmpty else {
            _ = pinning(to: before)
            throw RuntimeError.affinity(processors: missing.sorted(), reason: String(cString: strerror(EINVAL)))
        }
    }

    /// The clock that the calling thread's processor runs at now, in GHz: the best of several short chains of dependent
    /// instructions of one cycle each. It takes a few milliseconds and needs no help from the operating system, so it also
    /// answers in a virtual machine, where the best of several is what other guests left over.
    public static func measuredGigahertz() -> Double {
        let rounds: UInt64 = 20_000
        var best = Double.infinity
        for _ in 0..<24 {
            let start = monotonicNanoseconds()
            _ = condensenet_dependent_chain(rounds)
            best = min(best, Double(max(monotonicNanoseconds() - start, 1)))
        }
        return Double(16 * rounds) / best
    }
}
