import CommandLineSupport
import CondenseNet
import Foundations
import ModelFormat
import Synchronization

/// A model that is ready to answer: planned, and run once by each worker.
final class LoadedModel: @unchecked Sendable {
    let name: String
    let plan: ExecutionPlan
    /// The number of times that the model had been loaded, itself included.
    let generation: Int
    /// One for each worker.
    private let classifiers: [Classifier]

    var description: ModelDescription { plan.model.description }

    /// - Throws: what loading a model, planning it and running it do; an architecture file is refused.
    init(name: String, path: String, workers: Int, threads: Int, generation: Int) throws {
        self.name = name
        self.generation = generation
        let model = try Model(path: path)
        guard model.weights == .trained else {
            throw CommandFailure(
                .badData,
                "\(path): expected a trained model, found an architecture file: the answers of random weights mean nothing"
            )
        }
        let plan = try ExecutionPlan(consuming: model)
        self.plan = plan
        classifiers = try (0..<workers).map { _ in try Classifier(try Session(plan: plan, threads: threads)) }
        for classifier in classifiers { _ = try classifier.predict() }
    }

    /// The classifier of a worker, for which that one alone may ask.
    func classifier(_ worker: Int) -> Classifier { classifiers[worker] }
}

/// The models by their names, each of which may be replaced while the former one still answers.
final class ModelStore: Sendable {
    /// A model's name and file.
    struct Source: Sendable {
        let name: String
        let path: String
    }

    let sources: [Source]
    private let workers: Int
    private let threads: Int
    private let models = Mutex<[String: LoadedModel]>([:])

    /// - Throws: `CommandFailure` when two models have the same name, which is the file's without its extension.
    init(paths: [String], workers: Int, threads: Int) throws {
        sources = paths.map { path in
            let file = path.split(separator: "/").last.map(String.init) ?? path
            let name = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
            return Source(name: name.isEmpty ? file : name, path: path)
        }
        for (position, source) in sources.enumerated() {
            if let other = sources[..<position].first(where: { $0.name == source.name }) {
                throw CommandFailure(
                    .usage, "\(source.path): expected names of their own, found \(other.path), which has the same")
            }
        }
        self.workers = workers
        self.threads = threads
    }

    /// Whether every model answers.
    var isReady: Bool { models.withLock { $0.count == sources.count } }

    /// The model of that name, or the first one.
    ///
    /// - Throws: `HTTPError` when there is none, or none yet.
    func model(_ name: String?) throws -> LoadedModel {
        let name = name ?? sources[0].name
        guard sources.contains(where: { $0.name == name }) else {
            throw HTTPError(404, "expected one of the models \(sources.map(\.name).joined(separator: ", "))")
        }
        guard let model = models.withLock({ $0[name] }) else { throw HTTPError(503, "\(name) is being loaded") }
        return model
    }

    /// Loads a model's file, and replaces the former model, if any, when it is ready.
    ///
    /// - Throws: `CommandFailure`; the former model then stays.
    func load(_ source: Source) throws {
        let generation = models.withLock { ($0[source.name]?.generation ?? 0) + 1 }
        let model = try reporting(source.path) {
            try LoadedModel(
                name: source.name, path: source.path, workers: workers, threads: threads, generation: generation)
        }
        models.withLock { $0[source.name] = model }
    }
}
