import Foundations
import Glibc
import Synchronization

/// What Prometheus asks for: counts and latencies since the start.
final class Metrics: Sendable {
    /// What tells one series of requests from another.
    private struct Series: Hashable {
        let endpoint: String
        let status: Int
    }

    /// Seconds up to which a bucket counts.
    private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct Histogram {
        var buckets = [Int](repeating: 0, count: Metrics.bounds.count + 1)
        var sum = 0.0

        mutating func add(_ seconds: Double) {
            buckets[Metrics.bounds.firstIndex { seconds <= $0 } ?? Metrics.bounds.count] += 1
            sum += seconds
        }

        func text(_ name: String, _ label: String) -> String {
            var text = ""
            var count = 0
            for (bound, bucket) in zip(Metrics.bounds.map { "\($0)" } + ["+Inf"], buckets) {
                count += bucket
                text += "\(name)_bucket{\(label),le=\"\(bound)\"} \(count)\n"
            }
            return text + "\(name)_sum{\(label)} \(sum)\n\(name)_count{\(label)} \(count)\n"
        }
    }

    private struct State {
        var requests: [Series: Int] = [:]
        var durations: [String: Histogram] = [:]
        var inferences: [String: Histogram] = [:]
        var reloads: [String: Int] = ["ok": 0, "failed": 0]
    }

    private let state = Mutex(State())

    /// Counts a request that was answered. `endpoint` is one of the server's own words, never what a client sends.
    func count(endpoint: String, status: Int, seconds: Double) {
        state.withLock {
            $0.requests[Series(endpoint: endpoint, status: status), default: 0] += 1
            $0.durations[endpoint, default: Histogram()].add(seconds)
        }
    }

    /// Counts an image that a model has answered.
    func count(model: String, seconds: Double) {
        state.withLock { $0.inferences[model, default: Histogram()].add(seconds) }
    }

    /// Counts an attempt to load a model anew.
    func countReload(succeeded: Bool) { state.withLock { $0.reloads[succeeded ? "ok" : "failed", default: 0] += 1 } }

    /// All in Prometheus' text format, after what is so at this moment.
    func text(gauges: [(name: String, help: String, value: Int)], models: [LoadedModel]) -> String {
        let state = self.state.withLock { $0 }
        var text = ""
        func family(_ name: String, _ type: String, _ help: String, _ lines: String) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n\(lines)"
        }
        for gauge in gauges { family(gauge.name, "gauge", gauge.help, "\(gauge.name) \(gauge.value)\n") }
        family(
            "condensenet_model_info", "gauge", "The models that answer.",
            models.map { model in
                "condensenet_model_info{model=\"\(Self.escape(model.name))\",network=\"\(Self.escape(model.description.name))\","
                    + "crc32=\"\(model.plan.model.checksum ?? "")\",generation=\"\(model.generation)\"} 1\n"
            }.joined())
        family(
            "condensenet_requests_total", "counter", "Requests that were answered.",
            state.requests.sorted { ($0.key.endpoint, $0.key.status) < ($1.key.endpoint, $1.key.status) }.map {
                "condensenet_requests_total{endpoint=\"\($0.key.endpoint)\",status=\"\($0.key.status)\"} \($0.value)\n"
            }.joined())
        family(
            "condensenet_model_reloads_total", "counter", "Attempts to load a model anew.",
            state.reloads.sorted { $0.key < $1.key }.map {
                "condensenet_model_reloads_total{result=\"\($0.key)\"} \($0.value)\n"
            }.joined())
        let request = "condensenet_request_duration_seconds"
        family(
            request, "histogram", "From a request's first byte to its answer.",
            state.durations.sorted { $0.key < $1.key }.map { $0.value.text(request, "endpoint=\"\($0.key)\"") }.joined()
        )
        let inference = "condensenet_inference_duration_seconds"
        family(
            inference, "histogram", "The network's time for one image.",
            state.inferences.sorted { $0.key < $1.key }.map {
                $0.value.text(inference, "model=\"\(Self.escape($0.key))\"")
            }.joined())
        return text
    }

    /// Text as a label's value.
    private static func escape(_ text: String) -> String {
        text.onOneLine.unicodeScalars.reduce(into: "") { $0 += $1 == "\\" || $1 == "\"" ? "\\\($1)" : "\($1)" }
    }

    /// Bytes of this process that are in memory; 0 where the system does not say.
    static var residentBytes: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, 128, file) != nil else { return 0 }
        let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
            separator: " ")
        return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
