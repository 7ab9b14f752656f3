import Classifying
import CondenseNet
import Foundations
import ImageInput

/// Answers requests: which ones there are, and what comes of each.
final class Service: Sendable {
    let models: ModelStore
    let workers: WorkerPool
    let metrics = Metrics()
    let events = EventHub()
    /// What an encoded image may ask of the machine.
    let imageLimits: ImageLimits
    /// What a client has to present; `nil` where everybody may ask.
    private let token: AccessToken?
    /// Whether only requests that name this machine by itself are answered.
    ///
    /// Without it, a page of anywhere could read answers through a name of its own that leads here.
    private let isLocal: Bool

    init(
        models: ModelStore, workers: WorkerPool, imageLimits: ImageLimits, token: AccessToken?, isLocal: Bool
    ) {
        self.models = models
        self.workers = workers
        self.imageLimits = imageLimits
        self.token = token
        self.isLocal = isLocal
    }

    /// A request's endpoint, in a word for metrics, and what it does.
    struct Route {
        let endpoint: String
        let method: String
        var isOpen = false
        let answer: (RequestHead, [UInt8]) async throws -> HTTPResponse
    }

    /// What a path leads to.
    func route(_ path: [String]) -> Route? {
        switch path {
        case []: file(Page.html, "text/html; charset=utf-8")
        case ["icon.svg"]: file(Page.icon, "image/svg+xml")
        case ["page.css"]: file(Page.css, "text/css; charset=utf-8")
        case ["page.js"]: file(Page.script, "text/javascript; charset=utf-8")
        case ["classify"]: Route(endpoint: "classify", method: "POST", answer: classify)
        case ["metrics"]:
            Route(endpoint: "metrics", method: "GET") { [self] _, _ in
                HTTPResponse(type: "text/plain; version=0.0.4; charset=utf-8", body: Array(metricsText().utf8))
            }
        case ["events"]: Route(endpoint: "events", method: "GET") { _, _ in .events }
        default: path.first == "v2" ? protocolRoute(Array(path.dropFirst())) : nil
        }
    }

    /// Refuses a request that may not be answered whatever it asks.
    ///
    /// - Throws: `HTTPError`.
    func admit(_ head: RequestHead, to route: Route) throws {
        // Events have no end, so that there is no head of theirs alone.
        let hasHead = route.method == "GET" && route.endpoint != "events"
        guard head.method == route.method || head.method == "HEAD" && hasHead else {
            throw HTTPError(405, "expected \(route.method)")
        }
        if isLocal, let host = head["host"], !Self.isLocal(host) {
            throw HTTPError(403, "expected a Host of this machine alone, such as localhost")
        }
        if let origin = head["origin"], origin.split(separator: "/").last.map(String.init) != head["host"] {
            throw HTTPError(403, "expected a request of no other page's")
        }
        if let token, !route.isOpen, !token.isPresented(in: head["authorization"]) {
            throw HTTPError(401, "expected Authorization: Bearer and the token")
        }
        guard head.contentLength <= (route.method == "POST" ? HTTPLimits.bodyBytes : 0) else {
            throw HTTPError(
                413, "expected at most \(HTTPLimits.bodyBytes) bytes of a body, found \(head.contentLength)")
        }
        let known: Set<String> = route.endpoint == "classify" ? ["model", "top"] : []
        if let other = head.query.keys.first(where: { !known.contains($0) }) {
            throw HTTPError(400, "expected no parameter \(other.excerpt)")
        }
    }

    private static func isLocal(_ host: String) -> Bool {
        guard !host.hasPrefix("[::1]") else { return true }
        let name = host.prefix { $0 != ":" }
        return name == "localhost" || name.hasPrefix("127.") && name.utf8.allSatisfy { $0 == 0x2E || 0x30...0x39 ~= $0 }
    }

    private func file(_ bytes: [UInt8], _ type: String) -> Route {
        Route(endpoint: "page", method: "GET", isOpen: true) { _, _ in
            var response = HTTPResponse(type: type, body: bytes)
            response.headers.append(("Content-Security-Policy", Page.policy))
            response.headers.append(("Referrer-Policy", "no-referrer"))
            return response
        }
    }

    private func classify(_ head: RequestHead, _ body: [UInt8]) async throws -> HTTPResponse {
        let model = try models.model(head.query["model"])
        let top = try head.query["top"].map { text in
            guard let top = RequestHead.number(text), top >= 1 else { throw HTTPError(400, "top: expected at least 1") }
            return top
        }
        guard !body.isEmpty else { throw HTTPError(400, "expected an image as the request's body") }
        return try await workers.run { [metrics, imageLimits] worker in
            let image = SourceImage(name: "image", content: .encoded(body))
            let classification = image.classification(
                by: model.classifier(worker), top: top ?? 5, limits: imageLimits)
            let answer = try classification.answer.get()
            metrics.count(model: model.name, seconds: answer.milliseconds / 1000)
            return HTTPResponse(json: [classification.json])
        }
    }

    private func metricsText() -> String {
        metrics.text(
            gauges: [
                ("condensenet_ready", "Whether every model answers.", models.isReady ? 1 : 0),
                ("condensenet_queue_depth", "Requests that wait for a worker.", workers.depth),
                ("condensenet_queue_limit", "The most requests that may wait.", workers.limit),
                ("condensenet_workers", "Images that are classified at once.", workers.count),
                ("condensenet_event_listeners", "Connections that listen to events.", events.count),
                ("process_resident_memory_bytes", "Memory of the process.", Metrics.residentBytes),
            ], models: models.sources.compactMap { try? models.model($0.name) })
    }
}
