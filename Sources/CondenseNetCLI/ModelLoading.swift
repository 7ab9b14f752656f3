import ArgumentParser
import CommandLineSupport
import CondenseNet
import Foundations
import ModelFormat

/// Loads the model or architecture file at `path`, and says so when its weights are random.
func loadModel(_ path: String) throws -> Model {
    let model = try load(path)
    noteRandomWeights(model, path: path)
    return model
}

/// Loads the trained model at `path`; the answers of random weights would mean nothing.
///
/// - Throws: `CommandFailure`, also for an architecture file.
func loadTrainedModel(_ path: String) throws -> Model {
    let model = try load(path)
    guard model.weights == .trained else {
        throw CommandFailure(
            .badData,
            "\(path): expected a trained model, found an architecture file: the answers of random weights mean nothing "
                + "(bench and inspect take it)")
    }
    return model
}

/// Loads the model at `path`; where that is an image or a folder, the arguments are likely swapped, and the error says so.
private func load(_ path: String) throws -> Model {
    // What has only been needed to read the arguments makes room for the model.
    ProgramMemory.giveBack()
    do {
        return try Model(path: path)
    } catch {
        let failure = CommandFailure(error, path: path)
        let isSwapped = Folder.kind(path) == .folder || FileKind.isImage(path)
        throw isSwapped ? failure.adding("the model comes first, then the images or the data set") : failure
    }
}

/// Says so when the weights of the model at `path` are random.
func noteRandomWeights(_ model: Model, path: String) {
    if case .random(let seed) = model.weights {
        StandardError.write(line: "\(path): an architecture file; its weights are random (seed \(seed))")
    }
}

extension Precision: ExpressibleByArgument {}

/// `--threads`: a number, or `auto`.
enum ThreadChoice: ExpressibleByArgument, CustomStringConvertible {
    case count(Int)
    case automatic

    init?(argument: String) {
        if argument == "auto" {
            self = .automatic
        } else if let count = Int(argument), (1...Session.maximumThreads).contains(count) {
            self = .count(count)
        } else {
            return nil
        }
    }

    var description: String {
        switch self {
        case .count(let count): "\(count)"
        case .automatic: "auto"
        }
    }

    /// A session of as many threads as chosen; `auto` measures once and says what it chose.
    func session(_ plan: ExecutionPlan) throws -> Session {
        ProgramMemory.giveBack()
        switch self {
        case .count(let count): return try Session(plan: plan, threads: count)
        case .automatic:
            let threads = try Session.fastestThreads(for: plan)
            StandardError.write(line: "threads: \(threads) (measured)")
            return try Session(plan: plan, threads: threads)
        }
    }
}
