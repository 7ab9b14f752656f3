import CondenseNet
import Engine
import Foundations
import ModelFormat
import Synchronization

/// What this machine can do at most with the kernels that are chosen, measured: the roofs of a roofline plot.
public struct MachinePeaks: Equatable, Sendable {
    /// The threads that worked together.
    public let threads: Int
    /// 10⁹ multiplies and adds a second, a fused multiply-add counted as two.
    public let gflops: Double
    /// 10⁹ bytes a second, read from a block of 256 KiB for each thread.
    public let cacheGigabytes: Double
    /// 10⁹ bytes a second, read from blocks of 64 MiB together.
    public let memoryGigabytes: Double

    /// Measures for about a third of a second, the best of several short trials each.
    ///
    /// - Precondition: `threads` is at least 1.
    /// - Throws: `MemoryError`, `RuntimeError.threads`, or what `KernelSets.chosen` throws.
    public static func measure(threads: Int) throws -> MachinePeaks {
        let kernels = try KernelSets.floats
        let rounds = 200_000
        let arithmetic = try best(threads: threads, trials: 16) { _ in
            sink(kernels.multiplyAdds(rounds: rounds, factor: opaque(1), term: opaque(0x1p-10)))
        }
        let operations = 2 * kernels.multiplyAddsPerRound * rounds * threads
        let cached = 1 << 16
        let streamed = (1 << 24) / threads / 128 * 128
        let block = try Storage(zeroedFloats: max(cached, streamed) * threads)
        let passes = 64
        let (cacheTime, memoryTime) = try withExtendedLifetime(block) {
            nonisolated(unsafe) let floats = block.floats
            let cacheTime = try best(threads: threads, trials: 16) { member in
                for _ in 0..<passes { sink(kernels.sum(floats + member * cached, count: cached)) }
            }
            let memoryTime = try best(threads: threads, trials: 5) { member in
                sink(kernels.sum(floats + member * streamed, count: streamed))
            }
            return (cacheTime, memoryTime)
        }
        return MachinePeaks(
            threads: threads, gflops: Double(operations) / arithmetic,
            cacheGigabytes: Double(4 * cached * passes * threads) / cacheTime,
            memoryGigabytes: Double(4 * streamed * threads) / memoryTime)
    }

    /// The shortest time in nanoseconds in which `threads` threads have run `body` once for each of them.
    private static func best(
        threads: Int, trials: Int, _ body: @escaping @Sendable (Int) -> Void
    ) throws -> Double {
        let pool = try ThreadPool(count: threads, staysTogether: true) { body($0.part) }
        var best = UInt64.max
        for _ in 0..<trials {
            let start = monotonicNanoseconds()
            pool.run(parts: threads)
            best = min(best, monotonicNanoseconds() - start)
        }
        return Double(max(best, 1))
    }

    @inline(never)
    private static func opaque(_ value: Float) -> Float {
        Float(bitPattern: UInt32(truncatingIfNeeded: bits.load(ordering: .relaxed)) ^ value.bitPattern)
    }

    @inline(never)
    private static func sink(_ value: Float) { used.store(Int(value.bitPattern), ordering: .relaxed) }

    /// Zero, which the compiler cannot know.
    private static let bits = Atomic(0)
    /// Where results go, so that they must be computed.
    private static let used = Atomic(0)
}
