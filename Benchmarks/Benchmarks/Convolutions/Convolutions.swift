import Benchmark
import CondenseNet
import Measuring

/// Every distinct convolution of the dense layers of CondenseNet-74 and CondenseNet-50, with each kernel that can run it:
/// its time, and its share of the multiply-add peak that is measured when the program starts, in per mille. Minimal
/// filtering does half the multiplications that it is credited with, so its share may exceed 1000.
let benchmarks: @Sendable () -> Void = {
    let folder = "../models/"
    let networks = ["condensenet-74-g4", "condensenet-74-g8", "cifar-condensenet-50"]
    let share = BenchmarkMetric.custom("Share of peak (‰)", polarity: .prefersLarger, useScalingFactor: false)
    guard let peaks = try? MachinePeaks.measure(threads: 1),
        let shapes = try? Shape.all(in: networks.map { folder + $0 + ".json" })
    else { fatalError("run from the folder Benchmarks, beside models") }
    for shape in shapes {
        for trial in Trial.trials(shape) {
            let runs = max(1, 2_000_000 / trial.multiplyAdds)
            nonisolated(unsafe) var run: (() -> Void)?
            let work = Double(2 * trial.multiplyAdds * runs)
            Benchmark(
                "\(shape.name) \(trial.kernel)",
                configuration: .init(
                    metrics: [.wallClock, share], timeUnits: .nanoseconds, warmupIterations: 3,
                    maxDuration: .milliseconds(150), maxIterations: 10_000)
            ) { benchmark in
                let convolve = run ?? trial.prepare()
                run = convolve
                benchmark.startMeasurement()
                let start = ContinuousClock.now
                for _ in 0..<runs { convolve() }
                let time = ContinuousClock.now - start
                let seconds = Double(time.components.attoseconds) * 1e-18 + Double(time.components.seconds)
                benchmark.stopMeasurement()
                benchmark.measurement(share, Int(work / seconds / peaks.gflops / 1e6))
            }
        }
    }
}
