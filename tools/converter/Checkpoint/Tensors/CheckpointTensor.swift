/// One tensor of a trained network, in the type in which the file has it.
///
/// It views the checkpoint's bytes; its values are computed when they are asked for.
public struct CheckpointTensor: Sendable {
    /// The name in the state dict.
    public let name: String
    /// Dimensions, outermost first; empty for a scalar.
    public let shape: [Int]
    /// The type of the elements in the file.
    public let elementType: ElementType
    /// Number of elements.
    public let count: Int
    /// For each dimension, how many elements of `storage` lie between neighbours.
    let strides: [Int]
    /// The storage, from the tensor's first element on.
    let elements: ArraySlice<UInt8>
    /// The file, as the caller named it.
    let file: String

    /// A tensor whose every element was proven to lie inside `storage`.
    ///
    /// - Parameters:
    ///   - storage: the bytes of the storage that `reference` counts its offset in.
    init(
        name: String, _ reference: TensorReference, _ storage: ArraySlice<UInt8>, limits: CheckpointLimits,
        at place: CheckpointLocation
    ) throws {
        func fault(_ fault: StorageFault) -> CheckpointError { .storage(fault, at: place) }
        guard let elementType = reference.scalar.elementType else {
            throw fault(.elementType(found: reference.scalar.name))
        }
        let (shape, strides, offset) = (reference.shape, reference.strides, reference.offset)
        guard shape.count <= limits.rank else {
            throw CheckpointError.overLimit(.rank, limit: limits.rank, found: shape.count, at: place)
        }
        guard shape.count == strides.count else { throw fault(.strideCount(shape: shape, strides: strides)) }
        guard shape.allSatisfy({ $0 >= 0 }) else { throw fault(.negativeDimension(shape: shape)) }
        guard offset >= 0, strides.allSatisfy({ $0 >= 0 }) else {
            throw fault(.negativeStride(offset: offset, strides: strides))
        }
        guard let count = product(shape), let last = lastElement(offset, shape, strides) else {
            throw fault(.shapeOverflow(shape: shape, strides: strides))
        }
        let available = storage.count / elementType.size
        if count > 0 {
            guard reference.storage != nil else { throw fault(.none(elements: count)) }
            guard last < available else { throw fault(.outOfRange(last: last, available: available)) }
        }
        self.name = name
        self.shape = shape
        self.strides = strides
        self.elementType = elementType
        self.count = count
        file = place.file
        elements = count > 0 ? storage.dropFirst(offset * elementType.size) : []
    }
}

/// The product of dimensions; `nil` where it, or a partial product, exceeds 64 bits and no dimension is zero.
private func product(_ shape: [Int]) -> Int? {
    if shape.contains(0) { return 0 }
    var product = 1
    for dimension in shape {
        let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
        if overflow { return nil }
        product = next
    }
    return product
}

/// The number, in the storage, of the element with the largest index in every dimension; `nil` beyond 64 bits.
private func lastElement(_ offset: Int, _ shape: [Int], _ strides: [Int]) -> Int? {
    if shape.contains(0) { return offset }
    var last = offset
    for (dimension, stride) in zip(shape, strides) {
        let (reach, overflow) = (dimension - 1).multipliedReportingOverflow(by: stride)
        let (next, overflow2) = last.addingReportingOverflow(reach)
        if overflow || overflow2 { return nil }
        last = next
    }
    return last
}
