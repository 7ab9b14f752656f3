/// `output = first + second`, rectified when `relu`; vectors of eight and a scalar tail.
public func addition(
    _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, count: Int, relu: Bool,
    output: UnsafeMutablePointer<Float>
) {
    typealias Vector = SIMD8<Float>
    let floor = Vector(repeating: relu ? 0 : -.infinity)
    var index = 0
    while index + 8 <= count {
        let sum =
            UnsafeRawPointer(first + index).loadUnaligned(as: Vector.self)
            + UnsafeRawPointer(second + index).loadUnaligned(as: Vector.self)
        UnsafeMutableRawPointer(output + index).storeBytes(of: pointwiseMax(sum, floor), as: Vector.self)
        index &+= 8
    }
    while index < count {
        output[index] = max(first[index] + second[index], floor[0])
        index &+= 1
    }
}

/// The same sum, one element at a time.
public func additionReference(
    _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, count: Int, relu: Bool,
    output: UnsafeMutablePointer<Float>
) {
    for index in 0..<count {
        let sum = first[index] + second[index]
        output[index] = relu ? max(sum, 0) : sum
    }
}
