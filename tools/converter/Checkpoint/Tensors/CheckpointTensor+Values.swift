import Foundations

extension CheckpointTensor {
    /// The elements in C order (the last dimension runs fastest) as single-precision numbers.
    ///
    /// Halves and bfloat16 are widened exactly, signalling NaNs apart; doubles and integers are rounded to nearest,
    /// ties to even; booleans are 0 and 1. Allocates the array.
    ///
    /// - Throws: nothing for a tensor of a loaded checkpoint, whose elements were proven to lie inside the file.
    public func floats() throws -> [Float] {
        switch elementType {
        case .float32: gather { (bits: UInt32) in Float(bitPattern: bits) }
        case .float64: gather { (bits: UInt64) in Float(Double(bitPattern: bits)) }
        case .float16: gather { (bits: UInt16) in Half.widen(bits) }
        case .bfloat16: gather { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
        case .int64: gather { (value: Int64) in Float(value) }
        case .int32: gather { (value: Int32) in Float(value) }
        case .int16: gather { (value: Int16) in Float(value) }
        case .int8: gather { (value: Int8) in Float(value) }
        case .uint8: gather { (value: UInt8) in Float(value) }
        case .bool: gather { (value: UInt8) in value == 0 ? 0 : 1 }
        }
    }

    /// The elements in C order (the last dimension runs fastest) of a tensor of integers or booleans.
    ///
    /// - Throws: ``CheckpointError/notIntegers(found:at:)`` where the file has real numbers.
    public func integers() throws -> [Int64] {
        switch elementType {
        case .int64: gather { (value: Int64) in value }
        case .int32: gather { (value: Int32) in Int64(value) }
        case .int16: gather { (value: Int16) in Int64(value) }
        case .int8: gather { (value: Int8) in Int64(value) }
        case .uint8: gather { (value: UInt8) in Int64(value) }
        case .bool: gather { (value: UInt8) in value == 0 ? 0 : 1 }
        case .float32, .float64, .float16, .bfloat16:
            throw CheckpointError.notIntegers(found: elementType, at: CheckpointLocation(file: file, tensor: name))
        }
    }

    /// The elements in C order, each converted from its bits.
    private func gather<Bits: FixedWidthInteger, Value>(_ convert: (Bits) -> Value) -> [Value] {
        // Beside a dimension of zero the others may be of any size, also of one whose product overflows.
        guard count > 0 else { return [] }
        let dimensions = mergedDimensions()
        let row = dimensions.last ?? (count: 1, stride: 1)
        return [Value](unsafeUninitializedCapacity: count) { values, filled in
            elements.withUnsafeBytes { bytes in
                forEachRow(of: dimensions) { start in
                    for column in 0..<row.count {
                        let offset = (start + column * row.stride) * MemoryLayout<Bits>.size
                        let bits = Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Bits.self))
                        values.initializeElement(at: filled, to: convert(bits))
                        filled += 1
                    }
                }
            }
        }
    }

    /// The dimensions and strides, with those that can be walked as one made one: contiguous tensors have one.
    private func mergedDimensions() -> [(count: Int, stride: Int)] {
        var merged: [(count: Int, stride: Int)] = []
        for (count, stride) in zip(shape, strides) where count != 1 {
            if let outer = merged.last, outer.stride == count.multipliedReportingOverflow(by: stride).partialValue {
                merged[merged.count - 1] = (outer.count * count, stride)
            } else {
                merged.append((count, stride))
            }
        }
        return merged
    }

    /// Calls `body` with the first element's number of each row along the last dimension, in C order.
    private func forEachRow(of dimensions: [(count: Int, stride: Int)], _ body: (Int) -> Void) {
        let outer = dimensions.dropLast()
        var index = [Int](repeating: 0, count: outer.count)
        var start = 0
        while true {
            body(start)
            var position = outer.count - 1
            while position >= 0, index[position] == outer[position].count - 1 {
                start -= index[position] * outer[position].stride
                index[position] = 0
                position -= 1
            }
            guard position >= 0 else { return }
            index[position] += 1
            start += outer[position].stride
        }
    }
}
