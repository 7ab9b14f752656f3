import Foundations

/// Why a sound model cannot be run here.
public enum RuntimeError: Error, Equatable {
    /// The processor lacks instructions that this build uses; `build` says which build does not.
    case processor(needs: String, build: String)
    /// The system refused to start so many threads.
    case threads(requested: Int, started: Int)
    /// The system refused to keep this program on these processors.
    case affinity(processors: [Int], reason: String)
    /// The logit of `index` is infinite or not a number: the network's sums leave float32's range.
    case notFinite(index: Int, logit: Float)
}

extension RuntimeError: CustomStringConvertible {
    /// One line.
    public var description: String {
        switch self {
        case .processor(let needs, let build):
            "this processor lacks \(needs); build \(build) for it"
        case .threads(let requested, let started):
            "could start only \(started) of \(requested) threads"
        case .affinity(let processors, let reason):
            "cannot run on processors \(processors.map(String.init).joined(separator: ",")): \(reason)"
        case .notFinite(let index, let logit):
            "the network's answer is not a number: expected finite logits, found \(logit) for class \(index)"
        }
    }
}

extension RuntimeError: CategorizedError {
    /// Bad data where the network's own numbers are at fault, else internal.
    public var category: ErrorCategory {
        if case .notFinite = self { .badData } else { .internal }
    }

    /// The file is named where it is at fault, not where the machine is.
    public func message(about path: String) -> String {
        if case .notFinite = self { "\(path): \(self)" } else { description }
    }
}
