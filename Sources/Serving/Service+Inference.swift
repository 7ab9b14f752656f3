import CondenseNet
import Foundations

/// The Open Inference Protocol, version 2, over REST.
extension Service {
    /// What a path below `/v2` leads to.
    func protocolRoute(_ path: [String]) -> Route? {
        switch path {
        case []:
            get("server") { _ in
                [
                    "name": "condensenet-serve", "version": .string(CondenseNet.version),
                    "extensions": ["binary_tensor_data"],
                ]
            }
        case ["health", "live"]: get("health", isOpen: true) { _ in ["live": true] }
        case ["health", "ready"]:
            get("health", isOpen: true) { service in
                guard service.models.isReady else { throw HTTPError(503, "models are being loaded") }
                return ["ready": true]
            }
        case ["models"]:
            get("models") { service in ["models": .array(service.models.sources.map { .string($0.name) })] }
        default: modelRoute(path)
        }
    }

    private func modelRoute(_ path: [String]) -> Route? {
        guard path.count >= 2, path[0] == "models" else { return nil }
        let name = path[1]
        var rest = Array(path.dropFirst(2))
        // Every model has this version alone.
        if rest.starts(with: ["versions", "1"]) { rest.removeFirst(2) }
        return switch rest {
        case []: get("model") { try Self.metadata($0.models.model(name)) }
        case ["ready"]:
            get("model") { service in
                _ = try service.models.model(name)
                return ["name": .string(name), "ready": true]
            }
        case ["infer"]:
            Route(endpoint: "infer", method: "POST") { [self] head, body in try await infer(name, head, body) }
        default: nil
        }
    }

    private func get(
        _ endpoint: String, isOpen: Bool = false, _ json: @escaping (Service) throws -> JSONValue
    ) -> Route {
        Route(endpoint: endpoint, method: "GET", isOpen: isOpen) { [self] _, _ in HTTPResponse(json: try json(self)) }
    }

    private static func shape(_ model: LoadedModel) -> [Int] {
        let shape = model.description.inputShape
        return [shape.channels, shape.height, shape.width]
    }

    private static func metadata(_ model: LoadedModel) -> JSONValue {
        func tensor(_ name: String, _ shape: [Int]) -> JSONValue {
            ["name": .string(name), "datatype": "FP32", "shape": .array([.integer(-1)] + shape.map(JSONValue.integer))]
        }
        return [
            "name": .string(model.name), "versions": ["1"], "platform": "condensenet",
            "inputs": [tensor(InferenceRequest.inputName, shape(model))],
            "outputs": [tensor(InferenceRequest.outputName, [model.description.classes])],
        ]
    }

    private func infer(_ name: String, _ head: RequestHead, _ body: [UInt8]) async throws -> HTTPResponse {
        let model = try models.model(name)
        let headerLength = try head["inference-header-content-length"].map {
            guard let length = RequestHead.number($0) else {
                throw HTTPError(400, "expected an Inference-Header-Content-Length in digits")
            }
            return length
        }
        return try await workers.run { [metrics] worker in
            let shape = Self.shape(model)
            let request = try InferenceRequest(body, headerLength: headerLength, shape: shape)
            let session = model.classifier(worker).session
            let count = shape.reduce(1, *)
            var logits: [Float] = []
            for image in 0..<request.count {
                let start = monotonicNanoseconds()
                logits += try session.logits(request.tensor[image * count..<(image + 1) * count])
                metrics.count(model: model.name, seconds: Double(monotonicNanoseconds() - start) / 1e9)
            }
            guard logits.allSatisfy(\.isFinite) else {
                throw HTTPError(400, "the network's answer is not a number: its sums leave float32's range")
            }
            return request.response(logits, model: model.name)
        }
    }
}
