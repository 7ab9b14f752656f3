import Foundations

/// A model file whose every byte has been checked: checksum, header, graph, tensor shapes, gather indices and numbers.
///
/// The format is safetensors with this module's metadata; `docs/format.md` defines it.
public final class ModelFile: Sendable {
    /// The version of the format that this program writes; `FormatVersion` has those that it reads.
    public static let version = FormatVersion.current.rawValue
    static let format = "condensenet"

    /// Everything that the file says besides its weights.
    public let description: ModelDescription
    /// Conv and linear multiply-accumulates of one inference.
    public let multiplyAccumulates: Int
    /// The file's CRC-32, eight hex digits: a short name for these exact weights.
    public let checksum: String
    /// Whether values and weights are signed bytes.
    public var isQuantized: Bool { description.isQuantized }
    /// Whether weights are stored in half precision.
    public var isHalfPrecision: Bool { tensors.values.contains { $0.elementType == .float16 } }
    /// Bytes of the file.
    public var byteCount: Int { storage.bytes.count }

    private let storage: Storage
    private let tensors: [String: TensorEntry]

    /// Reads and proves the file at `path`.
    ///
    /// - Throws: `ModelFormatError`.
    public convenience init(path: String) throws {
        try self.init(try FileInput.read(path, limit: FormatLimits.fileBytes))
    }

    /// Proves a copy of `bytes`.
    ///
    /// - Throws: `ModelFormatError`.
    public convenience init(bytes: [UInt8]) throws {
        let storage = try Storage(byteCount: bytes.count)
        storage.bytes.copyBytes(from: bytes)
        try self.init(storage)
    }

    /// Proves a file's content, which must not change afterwards.
    ///
    /// - Throws: `ModelFormatError`.
    public init(_ storage: Storage) throws {
        let file = UnsafeRawBufferPointer(storage.bytes)
        let header = try SafetensorsHeader(file)
        checksum = try Checksum.verified(file)
        description = try ModelDescription(metadata: header.metadata, version: header.version)
        multiplyAccumulates = try description.validate()
        tensors = Dictionary(uniqueKeysWithValues: header.tensors.map { ($0.name, $0) })
        self.storage = storage
        try checkTensors()
    }

    /// The floats of tensor `name` in C order: a view of the file, or a copy where half precision is widened, exactly.
    ///
    /// - Throws: `MemoryError`; `ModelFormatError.tensor` where the file has no such tensor or it holds integers.
    public func floats(_ name: String) throws -> StoredArray<Float> { try floats(name, consuming: false) }

    /// The floats of tensor `name`; where `consuming` is set, for the last time: the memory of what the file holds of them goes
    /// back to the system when the last copy of the array is gone.
    package func floats(_ name: String, consuming: Bool) throws -> StoredArray<Float> {
        let entry = try entry(name, of: [.float32, .float16])
        guard entry.elementType == .float16 else { return elements(entry, consuming: consuming) }
        let halves: StoredArray<UInt16> = elements(entry, consuming: consuming)
        return try StoredArray(count: halves.count) { floats in
            for (position, half) in halves.elements.enumerated() { floats[position] = Half.widen(half) }
        }
    }

    /// The signed bytes of tensor `name` in C order: a view of the file.
    ///
    /// - Throws: `ModelFormatError.tensor` where the file has no such tensor or it does not hold bytes.
    public func bytes(_ name: String) throws -> StoredArray<Int8> { try bytes(name, consuming: false) }

    /// The signed bytes of tensor `name`, consumed as `floats(_:consuming:)` has it.
    package func bytes(_ name: String, consuming: Bool) throws -> StoredArray<Int8> {
        elements(try entry(name, of: [.int8]), consuming: consuming)
    }

    private func elements<Element>(_ entry: TensorEntry, consuming: Bool) -> StoredArray<Element> {
        guard consuming else { return StoredArray(storage, bytes: entry.range) }
        return StoredArray(Storage(givingUp: entry.range, of: storage), bytes: 0..<entry.range.count)
    }

    /// The indices of tensor `name`, each proven to lie within its bound: a view of the file.
    ///
    /// - Throws: `ModelFormatError.tensor` where the file has no such tensor or it does not hold indices.
    public func indices(_ name: String) throws -> StoredArray<Int32> {
        elements(try entry(name, of: [.int32]), consuming: false)
    }

    private func entry(_ name: String, of types: [ElementType]) throws -> TensorEntry {
        let expected = "a tensor of \(types.map(\.rawValue).joined(separator: " or "))"
        guard let entry = tensors[name] else {
            throw ModelFormatError.tensor(name: name, expected: expected, found: "none")
        }
        guard types.contains(entry.elementType) else {
            throw ModelFormatError.tensor(name: name, expected: expected, found: entry.elementType.rawValue)
        }
        return entry
    }
}

extension ModelFile {
    private func checkTensors() throws {
        let specifications = description.tensors
        for specification in specifications { try check(specification) }
        if description.isQuantized { try checkBounds() }
        guard tensors.count > specifications.count else { return }
        let known = Set(specifications.map(\.name))
        if let unknown = tensors.keys.filter({ !known.contains($0) }).min() {
            throw ModelFormatError.tensor(name: unknown, expected: "no such tensor", found: "one that no step reads")
        }
    }

    /// Bounds are in order, and ReLU is where bytes end.
    private func checkBounds() throws {
        for step in description.graph.steps {
            if step.operation.preActivation.bounds {
                let (lower, upper) = (try bytes("\(step.name).lower"), try bytes("\(step.name).upper"))
                if let position = lower.indices.first(where: { lower[$0] > upper[$0] }) {
                    throw ModelFormatError.tensor(
                        name: "\(step.name).lower", expected: "at most the upper bound \(upper[position])",
                        found: "\(lower[position]) at \(position)")
                }
            }
            guard step.operation.activation == .relu else { continue }
            let zeros = try bytes("\(step.name).outputZero")
            if let position = zeros.firstIndex(where: { $0 != -128 }) {
                throw ModelFormatError.tensor(
                    name: "\(step.name).outputZero", expected: "-128 after relu",
                    found: "\(zeros[position]) at \(position)")
            }
        }
    }

    private func check(_ specification: TensorSpecification) throws {
        func failure(_ expected: String, _ found: String) -> ModelFormatError {
            .tensor(name: specification.name, expected: expected, found: found)
        }
        guard let entry = tensors[specification.name] else {
            throw failure("a tensor of shape \(specification.shape)", "none")
        }
        guard entry.shape == specification.shape else {
            throw failure("shape \(specification.shape)", "\(entry.shape)")
        }
        guard specification.elements.types.contains(entry.elementType) else {
            throw failure(
                "element type " + specification.elements.types.map(\.rawValue).joined(separator: " or "),
                entry.elementType.rawValue)
        }
        switch entry.elementType {
        case .int32:
            let indices = StoredArray<Int32>(storage, bytes: entry.range).elements
            if let position = indices.firstIndex(where: { !specification.channels.contains(Int($0)) }) {
                throw failure(
                    "indices from \(specification.channels.lowerBound) to \(specification.channels.upperBound - 1)",
                    "\(indices[position]) at \(position)")
            }
        case .float32:
            let bits = StoredArray<UInt32>(storage, bytes: entry.range).elements
            if let position = firstPosition(in: bits, exponent: 0x7F80_0000) {
                throw failure("finite numbers", "\(Float(bitPattern: bits[position])) at \(position)")
            }
            guard specification.elements == .positiveFloats else { break }
            if let position = bits.firstIndex(where: { Float(bitPattern: $0) <= 0 }) {
                throw failure("numbers over 0", "\(Float(bitPattern: bits[position])) at \(position)")
            }
        case .int8:
            let bytes = StoredArray<Int8>(storage, bytes: entry.range).elements
            if specification.role == .weight, let position = bytes.firstIndex(of: -128) {
                throw failure("weights from -127 to 127", "-128 at \(position)")
            }
        case .float16:
            let bits = StoredArray<UInt16>(storage, bytes: entry.range).elements
            if let position = firstPosition(in: bits, exponent: 0x7C00) {
                throw failure("finite numbers", "\(Half.widen(bits[position])) at \(position)")
            }
        }
    }
}

/// The first number whose exponent is all ones: an infinity or NaN.
///
/// Runs through all of them before it looks for the place, so that the compiler can do many at once.
private func firstPosition<Bits: FixedWidthInteger>(in numbers: UnsafeBufferPointer<Bits>, exponent: Bits) -> Int? {
    var largest: Bits = 0
    for number in numbers { largest = max(largest, number & exponent) }
    return largest < exponent ? nil : numbers.firstIndex { $0 & exponent == exponent }
}
