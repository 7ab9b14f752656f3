import ArgumentParser
import CommandLineSupport
import CondenseNet

/// `--threads 1,2,4`.
struct ThreadList {
    let counts: [Int]

    init(counts: [Int]) { self.counts = counts }

    /// - Throws: `ValidationError` that names what is wrong.
    init(argument: String) throws {
        var counts: [Int] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let count = Int(part), (1...Session.maximumThreads).contains(count) else {
                let found = part.isEmpty ? "nothing" : part.contains(" ") ? "a blank in '\(part)'" : "'\(part)'"
                throw ValidationError(
                    "expected numbers from 1 to \(Session.maximumThreads) with commas between, found \(found)")
            }
            guard !counts.contains(count) else {
                throw ValidationError("expected each number once, found \(count) twice")
            }
            counts.append(count)
        }
        self.counts = counts
    }
}

/// `--cpus 0,2-3`.
struct ProcessorList: ExpressibleByArgument, CustomStringConvertible {
    let numbers: [Int]

    /// - Parameter numbers: in ascending order.
    init(numbers: [Int]) { self.numbers = numbers }

    init?(argument: String) {
        var numbers: Set<Int> = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let bounds = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(bounds.count), let first = bounds[0], let last = bounds[bounds.count - 1],
                first >= 0, last >= first, last < 4096
            else { return nil }
            numbers.formUnion(first...last)
        }
        guard !numbers.isEmpty else { return nil }
        self.numbers = numbers.sorted()
    }

    /// As the option takes it.
    var description: String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = ranges.last, last.upperBound == number - 1 {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }
}

extension ProcessorList {
    /// Keeps this process, and the threads that it starts from now on, on these processors.
    ///
    /// - Throws: `CommandFailure` for processors that this process may not use.
    func pin() throws {
        do {
            try Processor.pin(to: numbers)
        } catch RuntimeError.affinity(let refused, _) {
            let allowed = ProcessorList(numbers: Processor.allowed)
            throw CommandFailure(
                .usage,
                "--cpus: expected processors that this process may use, \(allowed), "
                    + "found \(ProcessorList(numbers: refused))")
        }
    }
}

/// Where the threads of a command run.
struct ProcessorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep all threads on these processors: numbers and ranges, such as 0,2-3.", valueName: "list"))
    var cpus: ProcessorList?

    /// - Throws: `CommandFailure` for processors that this process may not use.
    func pin() throws { try cpus?.pin() }
}
