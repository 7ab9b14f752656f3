import Classifying
import CommandLineSupport
import CondenseNet
import Foundations

/// Classifies what a folder or a stream of frames brings, on a thread of its own, and sends the answers as events.
final class LiveSource: @unchecked Sendable {
    private let next: () throws -> SourceImage?
    private let service: Service
    private let name: String

    /// - Parameters:
    ///   - name: what messages call it.
    ///   - next: waits for the next image; `nil` after the last one.
    init(_ name: String, service: Service, next: @escaping () throws -> SourceImage?) {
        self.name = name
        self.service = service
        self.next = next
    }

    /// Starts, once the models are ready.
    func start() {
        _ = ThreadTeam(0..<1) { [self] _ in
            do {
                var current: (classifier: Classifier, generation: Int)?
                while let image = try next() {
                    let model = try service.models.model(nil)
                    if current?.generation != model.generation {
                        current = (try Classifier(try Session(plan: model.plan)), model.generation)
                    }
                    let answer = image.classification(
                        by: current!.classifier, top: 5, limits: service.imageLimits)
                    if case .failure(let failure) = answer.answer { failure.warn() }
                    service.events.send("answer", answer.json)
                }
                StandardError.note("\(name) has ended; requests are still answered")
            } catch {
                CommandFailure(error, path: name).warn()
            }
        }
    }
}
