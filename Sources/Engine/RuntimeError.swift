import Foundations

/// Why a sound model cannot be run here.
public enum RuntimeError: Error, Equatable {
    /// No kernels of this name are in the program; `built` are.
    case kernels(name: String, built: [InstructionSet])
    /// The processor lacks the instructions of the kernels that were asked for.
    case processor(lacks: InstructionSet)
    /// The kernels that were asked for compute in less than the model's precision.
    case precision(of: InstructionSet, model: Precision)
    /// A session of so many threads was asked for; it takes 1 to `limit`.
    case threadCount(Int, limit: Int)
    /// A buffer does not have the numbers that it should.
    case count(of: String, expected: Int, found: Int)
    /// The graph has no value of this name, or the plan does not retain values.
    case noValue(String)
    /// The model's tensors were given up to the plan that was made of it first.
    case consumedModel
    /// `Cancellation.request` was called.
    case cancelled
    /// The system refused to start so many threads.
    case threads(requested: Int, started: Int)
    /// The system refused to keep this program on these processors.
    case affinity(processors: [Int], reason: String)
    /// The number at `index` of the input is none, and no byte stands for it.
    case notANumber(index: Int)
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
        case .precision(let kernels, let model):
            "the kernels that CONDENSENET_KERNELS or the options name, \(kernels.rawValue), compute no model of \(model.rawValue)"
        case .threadCount(let found, let limit):
            "expected 1 to \(limit) threads, found \(found)"
        case .count(let what, let expected, let found):
            "expected \(expected) numbers for the \(what), found \(found)"
        case .noValue(let name):
            "expected a value that the graph has and the plan retains, found \(name)"
        case .consumedModel:
            "the model's tensors were given up to the plan that was made of it first"
        case .cancelled:
            "cancelled"
        case .threads(let requested, let started):
            "could start only \(started) of \(requested) threads"
        case .affinity(let processors, let reason):
            "cannot run on processors \(processors.map(String.init).joined(separator: ",")): \(reason)"
        case .notANumber(let index):
            "expected numbers for the input, found NaN at \(index)"
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
        case .notFinite, .notANumber: .badData
        case .kernels, .processor, .precision: .usage
        case .threadCount, .count, .noValue, .consumedModel, .cancelled, .threads, .affinity: .internal
        }
    }

    /// The file is named where it is at fault, not where the machine is.
    public func message(about path: String) -> String {
        if case .notFinite = self { "\(path): \(self)" } else { description }
    }
}
