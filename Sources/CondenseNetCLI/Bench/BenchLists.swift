import ArgumentParser
import CondenseNet

/// `--threads 1,2,4`.
struct ThreadList: ExpressibleByArgument, CustomStringConvertible {
    let counts: [Int]

    init(counts: [Int]) { self.counts = counts }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        let counts = parts.compactMap { Int($0) }
        guard counts.count == parts.count, counts.allSatisfy({ (1...Session.maximumThreads).contains($0) }),
            Set(counts).count == counts.count
        else { return nil }
        self.counts = counts
    }

    var description: String { counts.map(String.init).joined(separator: ",") }
}

/// `--cpus 0,2-3`.
struct ProcessorList: ExpressibleByArgument, CustomStringConvertible {
    let numbers: [Int]

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

    var description: String { numbers.map(String.init).joined(separator: ",") }
}
