import Foundations
@testable import ModelFormat

/// A model file put together by hand: any part of it can be wrong while all else, the checksum included, is right, so
/// that a test shows the one check that refuses it.
struct ForgedModel {
    /// A tensor as the header describes it, with data that need not fit.
    struct Tensor {
        var name: String
        /// `dtype`, `shape` and `data_offsets`.
        var header: JSONValue
        var data: [UInt8]
    }

    /// The members of `__metadata__` behind the checksum.
    var metadata: JSONValue
    var tensors: [Tensor]
    /// Bytes behind the last tensor.
    var trailing: [UInt8] = []
    /// What the first eight bytes say; `nil` for the header's length.
    var declaredHeaderLength: UInt64?
    /// Changes the header's text before it is padded.
    var editHeader: (inout [UInt8]) -> Void = { _ in }
    /// The header is padded so that this divides the offset of the data.
    var alignment = 64
    /// The eight digits; `nil` for the right ones.
    var checksum: String?

    /// The tiny model, changed.
    init(_ change: (inout ForgedModel) throws -> Void) rethrows {
        self.init()
        try change(&self)
    }

    /// A tiny model, with nothing wrong.
    init(_ graph: Graph = TinyModel.graph, isQuantized: Bool = false) {
        let description = TinyModel.description(of: graph)
        let provenance = description.provenance!
        let sample = description.sample!
        metadata = ["format": "condensenet", "version": "2", "name": .string(description.name)]
        if isQuantized { metadata["precision"] = "int8" }
        tensors = []
        var end = 0
        let ordered = TinyModel.tensors(of: graph, isQuantized: isQuantized)
        for tensor in ordered.filter({ $0.elementType != .int8 }) + ordered.filter({ $0.elementType == .int8 }) {
            let data: [UInt8]
            let type: String
            switch tensor.elements {
            case .float32(let floats): (data, type) = (floats.withUnsafeBytes(Array.init), "F32")
            case .float16(let halves): (data, type) = (halves.withUnsafeBytes(Array.init), "F16")
            case .int32(let indices): (data, type) = (indices.withUnsafeBytes(Array.init), "I32")
            case .int8(let bytes): (data, type) = (bytes.map(UInt8.init(bitPattern:)), "I8")
            }
            let header: JSONValue = [
                "dtype": .string(type), "shape": .array(tensor.shape.map(JSONValue.integer)),
                "data_offsets": [.integer(end), .integer(end + data.count)],
            ]
            tensors.append(Tensor(name: tensor.name, header: header, data: data))
            end += data.count
        }
        let preprocessing = description.preprocessing
        self["preprocessing"] = [
            "resize": .integer(preprocessing.resize!), "crop": .integer(preprocessing.crop!),
            "mean": .array(preprocessing.mean.map(JSONValue.float)),
            "std": .array(preprocessing.std.map(JSONValue.float)), "colorOrder": "RGB",
        ]
        self["labels"] = .array(description.labels.map(JSONValue.string))
        self["graph"] = description.graph.json
        self["provenance"] = [
            "source": .string(provenance.source), "sourceSHA256": .string(provenance.sourceSHA256),
            "converter": .string(provenance.converter),
        ]
        self["sample"] = [
            "seed": .string("\(sample.seed)"), "tolerance": .float(sample.tolerance),
            "logits": .array(sample.logits.map(JSONValue.float)),
        ]
    }

    /// The JSON inside metadata member `name`; null where there is none.
    subscript(name: String) -> JSONValue {
        get {
            guard case .string(let text) = metadata[name] else { return .null }
            return (try? JSONValue.parse(Array(text.utf8), source: name)) ?? .null
        }
        set { metadata[name] = .string(newValue.text()) }
    }

    /// Step `name` of the graph.
    subscript(step name: String) -> JSONValue {
        get { self[element: name, of: "steps"] }
        set { self[element: name, of: "steps"] = newValue }
    }

    /// Value `name` of the graph.
    subscript(value name: String) -> JSONValue {
        get { self[element: name, of: "values"] }
        set { self[element: name, of: "values"] = newValue }
    }

    private subscript(element name: String, of list: String) -> JSONValue {
        get { self["graph"][list].elements.first { $0["name"] == .string(name) } ?? .null }
        set {
            var graph = self["graph"]
            let position = graph[list].elements.firstIndex { $0["name"] == .string(name) }!
            graph[list][position] = newValue
            self["graph"] = graph
        }
    }

    /// Tensor `name`.
    subscript(tensor name: String) -> Tensor {
        get { tensors.first { $0.name == name }! }
        set { tensors[tensors.firstIndex { $0.name == name }!] = newValue }
    }

    /// The header's JSON, with zeros for the checksum.
    var header: JSONValue {
        var all: JSONValue = ["__metadata__": .object([.init("crc32", "00000000")] + metadata.members)]
        all.members += tensors.map { .init($0.name, $0.header) }
        return all
    }

    /// The file.
    var bytes: [UInt8] {
        var text = Array(header.text().utf8)
        editHeader(&text)
        while (8 + text.count) % alignment != 0 { text.append(UInt8(ascii: " ")) }
        let length = declaredHeaderLength ?? UInt64(text.count)
        let file =
            (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + text + tensors.flatMap(\.data) + trailing
        return Self.sealed(file, checksum: checksum)
    }

    /// `file` with the right checksum at its place, or with `checksum`.
    static func sealed(_ file: [UInt8], checksum: String? = nil) -> [UInt8] {
        let place = 34..<42
        guard file.count >= place.upperBound else { return file }
        var file = file
        file.replaceSubrange(place, with: "00000000".utf8)
        let digits = String(PlainCRC32.of(file), radix: 16)
        let right = String(repeating: "0", count: 8 - digits.count) + digits
        file.replaceSubrange(place, with: (checksum ?? right).utf8)
        return file
    }

    /// Reads the file as any other.
    @discardableResult
    func load() throws -> ModelFile { try ModelFile(bytes: bytes) }
}

/// CRC-32 as its definition has it, by a table of 256 remainders; shares nothing with zlib.
enum PlainCRC32 {
    private static let remainders: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { remainder, _ in
            remainder & 1 == 0 ? remainder >> 1 : remainder >> 1 ^ 0xEDB8_8320
        }
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { crc, byte in crc >> 8 ^ remainders[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
    }
}
