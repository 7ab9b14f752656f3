import CondenseNet
import Foundations

/// A request of the Open Inference Protocol, version 2, for one model: the images that it holds.
///
/// Its tensors are JSON numbers, or bytes after the JSON (the protocol's binary extension).
public struct InferenceRequest {
    /// What the network's input is called.
    public static let inputName = "input"
    /// What the network's output is called.
    public static let outputName = "logits"
    /// The most numbers, strings and other values of a request in JSON, since each takes memory.
    public static let valueLimit = 1 << 21

    /// What the client calls the request.
    public let id: String?
    /// How many images there are, at least 1.
    public let count: Int
    /// `[count, 3, H, W]`, normalised and finite.
    public let tensor: [Float]
    /// Whether the answer's tensor comes as bytes after the JSON.
    public let wantsBinary: Bool

    /// Reads a request's body.
    ///
    /// - Parameters:
    ///   - headerLength: bytes of JSON, where bytes of a tensor come after it.
    ///   - shape: `[3, H, W]` of the network's input.
    /// - Throws: `HTTPError` or `JSONError`.
    public init(_ body: [UInt8], headerLength: Int?, shape: [Int]) throws {
        let length = headerLength ?? body.count
        guard length <= body.count else {
            throw HTTPError(400, "expected \(length) bytes of JSON, found a body of \(body.count)")
        }
        // Commas and opening brackets, one before almost every value.
        let separators = body[..<length].lazy.filter { $0 == 0x2C || $0 == 0x5B || $0 == 0x7B }.count
        guard separators <= Self.valueLimit else {
            throw HTTPError(
                413, "expected at most \(Self.valueLimit) values in JSON, found more: send tensors as bytes")
        }
        let json = try body.withUnsafeBytes {
            try JSONReader.parse(UnsafeRawBufferPointer(rebasing: $0[..<length]), source: "request")
        }
        var request = try JSONMembers(json, path: "request")
        if case .string(let id)? = request.optional("id") { self.id = id } else { id = nil }
        let inputs = try request.array("inputs")
        guard inputs.count == 1 else { throw HTTPError(400, "expected one input, found \(inputs.count)") }
        var input = try JSONMembers(inputs[0], path: "inputs[0]")
        try Self.require(input.string("name"), Self.inputName, "the input's name")
        try Self.require(input.string("datatype"), "FP32", "its datatype")
        let found = try input.integers("shape")
        guard found.count == 4, found[0] >= 1, Array(found.dropFirst()) == shape else {
            throw HTTPError(
                400, "expected the shape [N,\(shape.map(String.init).joined(separator: ","))], found \(found)")
        }
        let (elements, overflow) = shape.reduce(1, *).multipliedReportingOverflow(by: found[0])
        guard !overflow, elements <= HTTPLimits.bodyBytes / 4 else {
            throw HTTPError(
                413, "expected at most \(HTTPLimits.bodyBytes) bytes of tensors, found a batch of \(found[0])")
        }
        count = found[0]
        let parameters = input.optional("parameters")
        try Self.refuseSharedMemory(parameters)
        if let size = parameters?["binary_data_size"] {
            guard size == .integer(4 * elements), body.count - length == 4 * elements else {
                throw HTTPError(
                    400, "expected \(4 * elements) bytes of a tensor after the JSON, found \(body.count - length)")
            }
            tensor = body.withUnsafeBytes { bytes in
                (0..<elements).map {
                    Float(
                        bitPattern: UInt32(
                            littleEndian: bytes.loadUnaligned(fromByteOffset: length + 4 * $0, as: UInt32.self)))
                }
            }
        } else {
            guard body.count == length else {
                throw HTTPError(400, "expected binary_data_size of the bytes after the JSON")
            }
            var numbers: [Float] = []
            numbers.reserveCapacity(elements)
            try Self.flatten(try input.array("data"), into: &numbers, limit: elements)
            guard numbers.count == elements else {
                throw HTTPError(400, "expected \(elements) numbers of data, found \(numbers.count)")
            }
            tensor = numbers
        }
        guard tensor.allSatisfy(\.isFinite) else { throw HTTPError(400, "expected finite numbers in the tensor") }
        wantsBinary = try Self.wantsBinary(request.optional("outputs"), request.optional("parameters"))
    }

    /// What a request says of the output that it wants, or of all of them.
    private static func wantsBinary(_ outputs: JSONValue?, _ parameters: JSONValue?) throws -> Bool {
        let all = parameters?["binary_data_output"] == .bool(true)
        guard let outputs = outputs?.elements, !outputs.isEmpty else { return all }
        guard outputs.count == 1 else { throw HTTPError(400, "expected one output, found \(outputs.count)") }
        var output = try JSONMembers(outputs[0], path: "outputs[0]")
        try require(output.string("name"), outputName, "the output's name")
        let own = output.optional("parameters")
        try refuseSharedMemory(own)
        guard own?["classification"] == nil else {
            throw HTTPError(400, "expected no classification parameter: POST /classify gives labels")
        }
        return own?["binary_data"].map { $0 == .bool(true) } ?? all
    }

    private static func refuseSharedMemory(_ parameters: JSONValue?) throws {
        guard parameters?["shared_memory_region"] == nil else { throw HTTPError(400, "expected no shared memory") }
    }

    private static func require(_ found: String, _ expected: String, _ what: String) throws {
        guard found == expected else { throw HTTPError(400, "\(what): expected \(expected), found \(found.excerpt)") }
    }

    /// The numbers of arrays in arrays; the reader has bounded their depth.
    private static func flatten(_ values: [JSONValue], into numbers: inout [Float], limit: Int) throws {
        for value in values {
            if case .array(let values) = value {
                try flatten(values, into: &numbers, limit: limit)
            } else {
                guard let number = value.float else {
                    throw HTTPError(400, "expected finite numbers of data, found \(value.kind)")
                }
                guard numbers.count < limit else {
                    throw HTTPError(400, "expected \(limit) numbers of data, found more")
                }
                numbers.append(number)
            }
        }
    }

    /// The answer: `[count, classes]` of logits.
    func response(_ logits: [Float], model: String) -> HTTPResponse {
        var output: [JSONValue.Member] = [
            .init("name", .string(Self.outputName)), .init("datatype", "FP32"),
            .init("shape", [.integer(count), .integer(logits.count / count)]),
        ]
        output.append(
            wantsBinary
                ? .init("parameters", ["binary_data_size": .integer(4 * logits.count)])
                : .init("data", .array(logits.map(JSONValue.float))))
        var members: [JSONValue.Member] = [.init("model_name", .string(model)), .init("model_version", "1")]
        if let id { members.append(.init("id", .string(id))) }
        members.append(.init("outputs", [.object(output)]))
        guard wantsBinary else { return HTTPResponse(json: .object(members)) }
        let json = Array(JSONValue.object(members).text().utf8)
        let bytes = logits.flatMap { logit in withUnsafeBytes(of: logit.bitPattern.littleEndian) { Array($0) } }
        var response = HTTPResponse(type: "application/octet-stream", body: json + bytes)
        response.headers.append(("Inference-Header-Content-Length", "\(json.count)"))
        return response
    }
}
