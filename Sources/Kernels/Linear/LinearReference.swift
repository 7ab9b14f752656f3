/// A fully connected layer: `output[o] = bias[o] + Σ weights[o, i] · input[i]`, summed in the order of `i`.
///
/// - Parameters:
///   - input: `[inputs]`
///   - weights: `[outputs, inputs]`
///   - bias: `[outputs]`
///   - range: the outputs to compute
public func linearReference(
    inputs: Int, input: UnsafePointer<Float>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>, relu: Bool,
    output: UnsafeMutablePointer<Float>, range: Range<Int>
) {
    for index in range {
        var sum = bias[index]
        let row = weights + index * inputs
        for column in 0..<inputs { sum += row[column] * input[column] }
        output[index] = relu ? max(sum, 0) : sum
    }
}
