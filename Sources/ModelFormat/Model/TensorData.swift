/// A tensor to be written.
public struct TensorData: Sendable {
    /// A tensor's elements.
    public enum Elements: Sendable {
        /// Single precision.
        case float32([Float])
        /// Bit patterns of IEEE 754 binary16.
        case float16([UInt16])
        /// Indices.
        case int32([Int32])
        /// Signed bytes.
        case int8([Int8])
    }

    /// `STEP.ROLE`; see `TensorSpecification`.
    public let name: String
    /// Outermost dimension first.
    public let shape: [Int]
    /// The elements in C order.
    public let elements: Elements

    /// A tensor whose shape fits its elements.
    public init(name: String, shape: [Int], elements: Elements) {
        self.name = name
        self.shape = shape
        self.elements = elements
    }

    var elementType: ElementType {
        switch elements {
        case .float32: .float32
        case .float16: .float16
        case .int32: .int32
        case .int8: .int8
        }
    }

    /// Elements that are there, whatever the shape says.
    var count: Int {
        switch elements {
        case .float32(let floats): floats.count
        case .float16(let halves): halves.count
        case .int32(let indices): indices.count
        case .int8(let bytes): bytes.count
        }
    }

    func append(to bytes: inout [UInt8]) {
        func add<Element>(_ elements: [Element]) { elements.withUnsafeBytes { bytes += $0 } }
        switch elements {
        case .float32(let floats): add(floats)
        case .float16(let halves): add(halves)
        case .int32(let indices): add(indices)
        case .int8(let bytes): add(bytes)
        }
    }
}
