import CArmadillo

/// Products of row-major matrices in double precision, by Armadillo.
enum MatrixProduct {
    /// Writes `left · right`, `[rows, columns]`, into `result` from position `start` on.
    ///
    /// - Parameters:
    ///   - left: `[rows, inner]`.
    ///   - right: `[inner, columns]`.
    /// - Precondition: the factors have exactly these sizes, and the product fits into `result`.
    /// - Throws: `ConversionError.linearAlgebra` when Armadillo refuses.
    static func compute(
        _ left: ArraySlice<Double>, _ right: ArraySlice<Double>, into result: inout [Double], at start: Int,
        rows: Int, inner: Int, columns: Int
    ) throws {
        precondition(left.count == rows * inner && right.count == inner * columns)
        precondition(start >= 0 && start + rows * columns <= result.count)
        let status = left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                result.withUnsafeMutableBufferPointer { result in
                    result.baseAddress.map {
                        carmadillo_multiply(left.baseAddress, right.baseAddress, $0 + start, rows, inner, columns)
                    }
                }
            }
        }
        guard status == CArmadilloStatusDone else {
            throw ConversionError.linearAlgebra(rows: rows, inner: inner, columns: columns)
        }
    }
}
