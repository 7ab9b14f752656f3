import Foundations

/// Why a sound model cannot be run here.
public enum RuntimeError: Error, Equatable {
    /// No kernels of this name are in the program; `built` are.
    case kernels(name: String, built: [InstructionSet])
    /// The processor lacks the instructions of the kernels that were asked for.
    case processor(lacks: InstructionSet)
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
        case .kernels(let name, let built):
            """
            this program has no kernels named \(name): expected one of \
            \(built.map(\.rawValue).joined(separator: ", ")) in CONDENSENET_KERNELS
            """
        case .processor(let lacking):
            "this processor lacks \(lacking.title), which CONDENSENET_KERNELS=\(lacking.rawValue) asks for"
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
    /// Bad data where the network's own numbers are at fault, usage where kernels were asked for that cannot run, else
    /// internal.
    public var category: ErrorCategory {
        switch self {
        case .notFinite: .badData
        case .kernels, .processor: .usage
        case .threads, .affinity: .internal
        }
    }

    /// The file is named where it is at fault, not where the machine is.
    public func message(about path: String) -> String {
        if case .notFinite = self { "\(path): \(self)" } else { description }
    }
}
