/// Why a sound model cannot be run here.
public enum RuntimeError: Error, Equatable {
    /// The processor lacks instructions that this build uses.
    case processor(needs: String)
    /// The system refused to start so many threads.
    case threads(requested: Int, started: Int)
}

extension RuntimeError: CustomStringConvertible {
    /// One line.
    public var description: String {
        switch self {
        case .processor(let needs):
            "this processor lacks \(needs); build with CONDENSENET_PORTABLE=1 for it"
        case .threads(let requested, let started):
            "could start only \(started) of \(requested) threads"
        }
    }
}
