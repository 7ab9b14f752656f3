import CondenseNet
import ImageInput

// What the articles of the DocC catalogue show, so that it compiles; ClassifierArticleTests compares the text.

func gettingStarted() throws {
    // snippet: GettingStarted
    let classifier = try Classifier(path: "model.safetensors")
    for prediction in try classifier.classify(path: "photo.jpg", top: 5) {
        print("\(prediction.label): \(prediction.probability)")
    }
    // end
}

func camera(classifier: Classifier, buffer: UnsafeRawBufferPointer) throws -> [Prediction] {
    // snippet: GettingStarted
    let frame = try Frame(.nv12, width: 640, height: 480, bytes: buffer)
    let predictions = try classifier.classify(frame)
    // end
    return predictions
}

func rawNumbers() throws -> [Float] {
    // snippet: GettingStarted
    let plan = try ExecutionPlan(try Model(path: "model.safetensors"))
    let session = try Session(plan: plan, threads: 2)
    let shape = plan.model.description.inputShape
    let logits = try session.logits([Float](repeating: 0, count: shape.count))
    // end
    return logits
}

func concurrency(batches: [[String]]) async throws -> Int {
    // snippet: Concurrency
    let plan = try ExecutionPlan(try Model(path: "model.safetensors"))
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
        for paths in batches {
            group.addTask {
                let classifier = try Classifier(try Session(plan: plan))
                return try paths.count(where: { try classifier.classify(path: $0)[0].probability > 0.5 })
            }
        }
        return try await group.reduce(0, +)
    }
    // end
    return counts
}
