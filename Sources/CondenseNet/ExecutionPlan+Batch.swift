import Engine
import Synchronization

extension ExecutionPlan {
    /// Classifies image files, several at the same time.
    ///
    /// Each job has a session of one thread. Jobs work on threads of Swift's own pool: after each image they let other tasks
    /// have their turn, and before the next they stop when the task is cancelled.
    ///
    /// - Parameters:
    ///   - top: classes of each image, at most.
    ///   - jobs: images that are worked on at the same time.
    /// - Returns: for each path, in order, the likeliest classes or why there are none.
    /// - Throws: `CancellationError`, `RuntimeError.threadCount` unless `jobs` are from 1 to `Session.maximumThreads`, and what
    ///   `Session.init` and `Classifier.init` throw.
    public func classify(
        paths: [String], top: Int = 5, jobs: Int = 1
    ) async throws -> [Result<[Prediction], any Error>] {
        guard (1...Session.maximumThreads).contains(jobs) else {
            throw RuntimeError.threadCount(jobs, limit: Session.maximumThreads)
        }
        let queue = Queue(count: paths.count)
        return try await withThrowingTaskGroup(of: [(Int, Result<[Prediction], any Error>)].self) { group in
            for _ in 0..<min(jobs, paths.count) {
                group.addTask {
                    let classifier = try Classifier(try Session(plan: self))
                    var answers: [(Int, Result<[Prediction], any Error>)] = []
                    while let index = queue.next() {
                        try Task.checkCancellation()
                        answers.append((index, Result { try classifier.classify(path: paths[index], top: top) }))
                        await Task.yield()
                    }
                    return answers
                }
            }
            let answers = try await group.reduce(into: []) { $0 += $1 }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Numbers from 0, each given once.
    private final class Queue: Sendable {
        private let count: Int
        private let taken = Atomic(0)

        init(count: Int) { self.count = count }

        func next() -> Int? {
            let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
            return index < count ? index : nil
        }
    }
}
