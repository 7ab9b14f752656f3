import CondenseNet
import Foundations
import ModelFormat

/// Where a model's time goes: medians over profiled runs.
package struct LayerProfile {
    /// Nanoseconds of each step of the plan.
    package let stepNanoseconds: [UInt64]
    /// Runs that were profiled.
    package let runs: Int
    /// How much longer a profiled run takes than a plain one in turn with it, as a fraction; may be slightly negative.
    package let overhead: Double
}

/// A subject while it is profiled.
package final class ProfiledSubject {
    package let subject: BenchSubject
    private let session: Session
    private let input: StoredArray<Float>
    private var output: [Float]
    private var steps: [[UInt64]]
    private var profiled: [UInt64] = []
    private var plain: [UInt64] = []

    package init(subject: BenchSubject, session: Session, input: StoredArray<Float>) {
        self.subject = subject
        self.session = session
        self.input = input
        output = [Float](repeating: 0, count: subject.plan.model.description.classes)
        steps = Array(repeating: [], count: subject.plan.steps.count)
    }

    package var runs: Int { profiled.count }

    /// One turn: `count` plain runs, which only the overhead is taken from, then `count` profiled ones; fewer when
    /// interrupted.
    package func run(_ count: Int, isInterrupted: () -> Bool) {
        for _ in 0..<count where !isInterrupted() {
            guard let run = try? subject.runOnce() else { return }
            plain.append(run.duration)
        }
        for _ in 0..<count where !isInterrupted() {
            let start = monotonicNanoseconds()
            guard (try? output.withUnsafeMutableBufferPointer { try session.run(input.elements, into: $0) }) != nil
            else {
                return
            }
            profiled.append(monotonicNanoseconds() - start)
            for (step, nanoseconds) in session.stepNanoseconds.enumerated() { steps[step].append(nanoseconds) }
        }
    }

    /// Gives the subject its profile.
    package func finish() {
        guard !profiled.isEmpty else { return }
        subject.profile = LayerProfile(
            stepNanoseconds: steps.map(Self.median), runs: profiled.count,
            overhead: Double(Self.median(profiled)) / Double(Self.median(plain)) - 1)
    }

    private static func median(_ values: [UInt64]) -> UInt64 {
        values.sorted()[LatencyStatistics.rank(50, of: values.count)]
    }
}
