import Foundations
import ModelFormat

extension BenchRecord {
    /// The record for programs; documented in docs/command-line.md.
    package var json: JSONValue {
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ value: JSONValue) { members.append(.init(name, value)) }
        add("schema_version", 1)
        add("model", .string(model))
        add("path", .string(path))
        add("crc32", .string(checksum))
        add("random_weights", .bool(hasRandomWeights))
        if let endToEnd { add("end_to_end", .string(endToEnd)) }
        add("threads", .integer(threads))
        add("kernel_set", .string(kernelSet))
        add("precision", .string(precision))
        add("runs", .integer(latency.count))
        add("latency_ms", latencyJSON)
        add("mlperf_single_stream", .bool(isMLPerf))
        add("macs", .integer(macs))
        add("gflops", .number(gflops))
        if let peaks, let peakShare {
            add("peak_gflops", .number(peaks.gflops))
            add("peak_share", .number(peakShare))
            add("cache_gb_per_second", .number(peaks.cacheGigabytes))
            add("memory_gb_per_second", .number(peaks.memoryGigabytes))
        }
        add("memory_bytes", memory)
        add("preparation", preparation)
        if let profiledRuns, let profilingOverhead {
            add("profiled_runs", .integer(profiledRuns))
            add("profiling_overhead", .number(profilingOverhead))
        }
        add("layers", .array(layers.map(json)))
        add("circumstances", circumstances)
        add("start_seconds", .array(starts.map { .number(rounded($0, 6)) }))
        add("samples_ms", .array(samples.map(JSONValue.number)))
        return .object(members)
    }

    private var latencyJSON: JSONValue {
        [
            "min": .number(latency.min), "mean": .number(latency.mean), "p50": .number(latency.p50),
            "p90": .number(latency.p90), "p99": .number(latency.p99), "stddev": .number(latency.stddev),
            "max": .number(latency.max), "iqr": .number(latency.interquartileRange),
            "outliers": .integer(latency.outliers),
        ]
    }

    /// Of all profiled steps' time.
    package func share(_ layer: Layer) -> Double? {
        layer.milliseconds.map { profiledMilliseconds > 0 ? $0 / profiledMilliseconds : 0 }
    }

    /// Milliseconds of those of `layers` that were profiled.
    package static func total(_ layers: [Layer]) -> Double { layers.reduce(0) { $0 + ($1.milliseconds ?? 0) } }

    private func json(_ layer: Layer) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(layer.name)), .init("kind", .string(layer.kind)),
            .init("kernel", .string(layer.kernel)), .init("input", .string(layer.input)),
            .init("output", .string(layer.output)), .init("macs", .integer(layer.macs)),
            .init("bytes", .integer(layer.bytes)),
        ]
        if let milliseconds = layer.milliseconds, let share = share(layer) {
            members.append(.init("milliseconds", .number(milliseconds)))
            members.append(.init("gflops", .number(layer.gflops ?? 0)))
            members.append(.init("share", .number(share)))
        }
        return .object(members)
    }

    /// The records in a file that `bench --json` wrote.
    ///
    /// - Throws: `ResultFileError` when the file is missing or something else.
    package static func read(_ path: String) throws -> [BenchRecord] {
        let value: JSONValue
        do {
            value = try JSONValue.read(path)
        } catch let error as any CategorizedError {
            throw ResultFileError.file(path: path, cause: error)
        }
        guard let elements = value.elements, !elements.isEmpty else {
            let found = value.elements == nil ? value.kind : "an empty array"
            throw ResultFileError.unexpected(path: path, expected: "an array of bench results", found: found)
        }
        guard elements.count <= Self.limit else {
            throw ResultFileError.unexpected(
                path: path, expected: "at most \(Self.limit) bench results", found: "\(elements.count)")
        }
        return try elements.enumerated().map { index, element in
            if let version = element["schema_version"], version.integer != 1 {
                throw ResultFileError.unexpected(
                    path: "\(path): result \(index)", expected: "schema version 1",
                    found: String(version.text().prefix(80)))
            }
            do {
                return try BenchRecord(element)
            } catch let missing as MissingMember {
                throw ResultFileError.unexpected(
                    path: "\(path): result \(index)", expected: missing.expected, found: missing.found)
            }
        }
    }

    /// The most results of a file: each has a part of the page.
    private static let limit = 1000

    private struct MissingMember: Error {
        let expected: String
        var found = "something else"
    }

    private init(_ json: JSONValue) throws {
        func required<Value>(_ value: Value?, _ expected: String) throws -> Value {
            guard let value else { throw MissingMember(expected: expected) }
            return value
        }
        model = try required(json["model"]?.string, "a string \"model\"")
        threads = try required(json["threads"]?.integer, "an integer \"threads\"")
        // What a page is drawn from must be numbers that a plot can hold.
        func plausible(_ value: JSONValue?, _ range: ClosedRange<Double>) -> Double? {
            value?.double.flatMap { range.contains($0) ? $0 : nil }
        }
        func count(_ json: JSONValue, _ name: String, atMost limit: Int, in place: String = "") throws -> Int? {
            guard let value = json[name] else { return nil }
            return try required(
                value.integer.flatMap { (0...limit).contains($0) ? $0 : nil },
                "an integer \"\(name)\" from 0 to \(limit)\(place)")
        }
        macs = try required(
            try count(json, "macs", atMost: FormatLimits.multiplyAccumulates), "an integer \"macs\"")
        let elements = try required(json["samples_ms"]?.elements, "an array \"samples_ms\"")
        samples = elements.compactMap { plausible($0, 1e-6...1e9) }
        guard !samples.isEmpty, samples.count == elements.count else {
            throw MissingMember(expected: "milliseconds between 1e-6 and 1e9 in \"samples_ms\"")
        }
        let starts = json["start_seconds"]?.elements?.compactMap { plausible($0, 0...1e9) } ?? []
        self.starts = starts.count == samples.count ? starts : []
        latency = LatencyStatistics(milliseconds: samples)
        kernelSet = json["kernel_set"]?.string ?? json["circumstances"]?["kernel_set"]?.string ?? "unknown"
        precision = json["precision"]?.string ?? "unknown"
        path = json["path"]?.string ?? model
        endToEnd = json["end_to_end"]?.string
        checksum = json["crc32"]?.string ?? "unknown"
        hasRandomWeights = json["random_weights"] == .bool(true)
        isMLPerf = json["mlperf_single_stream"] == .bool(true)
        let steps = json["layers"]?.elements ?? []
        guard steps.count <= FormatLimits.steps else {
            throw MissingMember(
                expected: "at most \(FormatLimits.steps) \"layers\", as a network may have", found: "\(steps.count)")
        }
        let everyLayer = " in each of \"layers\""
        layers = try steps.map { step in
            Layer(
                name: try required(step["name"]?.string, "a string \"name\"" + everyLayer),
                kind: step["kind"]?.string ?? "", kernel: step["kernel"]?.string ?? "",
                input: step["input"]?.string ?? "", output: step["output"]?.string ?? "",
                macs: try count(step, "macs", atMost: FormatLimits.multiplyAccumulates, in: everyLayer) ?? 0,
                bytes: try count(step, "bytes", atMost: .max, in: everyLayer) ?? 0,
                milliseconds: try step["milliseconds"].map {
                    try required(
                        plausible($0, 0...0) ?? plausible($0, 1e-9...1e9),
                        "\"milliseconds\" of 0 or between 1e-9 and 1e9" + everyLayer)
                })
        }
        profiledMilliseconds = Self.total(layers)
        profiledRuns = json["profiled_runs"]?.integer
        profilingOverhead = plausible(json["profiling_overhead"], -1...1e6)
        if let gflops = plausible(json["peak_gflops"], 1e-3...1e9),
            let cache = plausible(json["cache_gb_per_second"], 1e-3...1e9),
            let memory = plausible(json["memory_gb_per_second"], 1e-3...1e9)
        {
            peaks = Peaks(gflops: gflops, cacheGigabytes: cache, memoryGigabytes: memory)
        } else {
            peaks = nil
        }
        memory = json["memory_bytes"] ?? [:]
        preparation = json["preparation"] ?? [:]
        circumstances = json["circumstances"] ?? [:]
    }
}

extension BenchRecord.Layer {
    /// 10⁹ operations a second; `nil` when it was not profiled.
    package var gflops: Double? {
        milliseconds.map { BenchRecord.gflops(macs, milliseconds: $0) }
    }
}
