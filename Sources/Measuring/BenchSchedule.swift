import CondenseNet

/// Decides who runs when, and for how long.
///
/// Subjects take turns of a few runs, in an order that reverses from round to round, so that a clock that drifts or a
/// neighbour that wakes up touches all of them alike.
package struct BenchSchedule {
    /// When a subject has run enough: when both are reached, but no later than after `mostRuns`, unless more are asked for.
    package struct Stop {
        let runs: Int
        let seconds: Double

        package init(runs: Int, seconds: Double) {
            self.runs = runs
            self.seconds = seconds
        }

        /// Each run is kept.
        static let mostRuns = 1_000_000
    }

    package enum WarmUp {
        case none
        case seconds(Double)
        case untilStable
    }

    /// Runs in a turn, at least: enough that a model's weights are in the caches for most of them.
    static let turn = 5
    /// Nanoseconds of a turn, at least, where seconds are asked for: all subjects are then done at about the same time.
    private static let turnNanoseconds: UInt64 = 50_000_000

    private let stop: Stop
    private let warmup: WarmUp
    private let isInterrupted: () -> Bool

    /// - Parameter isInterrupted: asked between runs; the schedule ends early once it says so.
    package init(stop: Stop, warmup: WarmUp, isInterrupted: @escaping () -> Bool) {
        self.stop = stop
        self.warmup = warmup
        self.isInterrupted = isInterrupted
    }

    /// Warms up and measures `subjects`, until they are done or the schedule is interrupted.
    ///
    /// - Parameter progress: told, from round to round, which part of the work is done.
    package func run(_ subjects: [BenchSubject], progress: (Double) -> Void) {
        for subject in subjects where !isInterrupted() { warmUp(subject) }
        var remaining = subjects
        var spent = [ObjectIdentifier: UInt64]()
        var order = 0
        let origin = monotonicNanoseconds()
        while !remaining.isEmpty, !isInterrupted() {
            for subject in remaining where !isInterrupted() {
                let runs = stop.seconds > 0 ? Self.turn : min(Self.turn, stop.runs - subject.samples.count)
                var (done, elapsed) = (0, UInt64(0))
                while done < runs || stop.seconds > 0 && elapsed < Self.turnNanoseconds, !isInterrupted() {
                    // A cancelled run is no sample.
                    guard let (start, duration) = try? subject.runOnce() else { break }
                    subject.samples.append(.init(order: order, start: start - origin, duration: duration))
                    elapsed += duration
                    done += 1
                    order += 1
                }
                spent[ObjectIdentifier(subject), default: 0] += elapsed
            }
            let done = subjects.map { fraction($0.samples.count, spent[ObjectIdentifier($0)] ?? 0) }
            progress(done.reduce(0, +) / Double(done.count))
            remaining = remaining.reversed().filter {
                fraction($0.samples.count, spent[ObjectIdentifier($0)] ?? 0) < 1
            }
        }
    }

    /// How much of the work is done.
    private func fraction(_ runs: Int, _ nanoseconds: UInt64) -> Double {
        let counted = Double(runs) / Double(stop.runs)
        guard runs < max(stop.runs, Stop.mostRuns) else { return 1 }
        return min(stop.seconds > 0 ? min(counted, Double(nanoseconds) / 1e9 / stop.seconds) : counted, 1)
    }

    private func warmUp(_ subject: BenchSubject) {
        switch warmup {
        case .none: break
        case .seconds(let seconds):
            while Double(subject.warmUp.nanoseconds) < seconds * 1e9, !isInterrupted() {
                guard subject.warmOnce() != nil else { return }
            }
        case .untilStable:
            var detector = StabilityDetector()
            while !detector.isDone, !isInterrupted() {
                guard let nanoseconds = subject.warmOnce() else { return }
                detector.add(nanoseconds)
            }
            subject.warmUp.isStable = detector.isStable
        }
    }

    /// Runs profiled and plain sessions in turns.
    ///
    /// - Parameter runs: profiled runs of each; by default a quarter of the measured ones, from 20 to 200.
    package func profile(_ subjects: [ProfiledSubject], runs: Int?) {
        for subject in subjects {
            let wanted = runs ?? min(max(subject.subject.samples.count / 4, 20), 200)
            while subject.runs < wanted, !isInterrupted() {
                subject.run(min(Self.turn, wanted - subject.runs), isInterrupted: isInterrupted)
            }
            subject.finish()
        }
    }
}

extension BenchSubject {
    /// Runs once, as part of the warm-up; returns nanoseconds, or `nil` when the run was cancelled.
    fileprivate func warmOnce() -> UInt64? {
        guard let duration = try? runOnce().duration else { return nil }
        warmUp.runs += 1
        warmUp.nanoseconds += duration
        return duration
    }
}

/// Tells when a latency has settled: the medians of three windows in a row lie within 2 %, where a window is at least
/// 5 runs and 50 ms; it gives up after 5 seconds, but not before three windows.
struct StabilityDetector {
    private(set) var isStable = false
    private(set) var isDone = false
    private var window: [UInt64] = []
    private var windowTime: UInt64 = 0
    private var time: UInt64 = 0
    private var medians: [UInt64] = []

    mutating func add(_ nanoseconds: UInt64) {
        window.append(nanoseconds)
        windowTime += nanoseconds
        guard window.count >= 5, windowTime >= 50_000_000 else { return }
        time += windowTime
        medians.append(window.sorted()[window.count / 2])
        window = []
        windowTime = 0
        let last = medians.suffix(3)
        if last.count == 3, let low = last.min(), let high = last.max(), Double(high) <= 1.02 * Double(low) {
            isStable = true
        }
        isDone = isStable || medians.count >= 3 && time >= 5_000_000_000
    }
}
