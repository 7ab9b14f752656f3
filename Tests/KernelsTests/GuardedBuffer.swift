import Foundations
import TestSupport
import Testing

@testable import Kernels

/// Floats between guard words, at any offset from an aligned address.
final class GuardedBuffer {
    let count: Int
    private let storage: UnsafeMutablePointer<Float>
    private let offset: Int
    private static let guardCount = 64
    private static let guardBits: UInt32 = 0x7FA5_5AA5

    /// `count` floats, `offset` floats past a multiple of 64 bytes, each given by `fill`.
    init(count: Int, offset: Int = 0, fill: (Int) -> Float = { _ in .nan }) {
        self.count = count
        self.offset = Self.guardCount + offset
        let total = count + offset + 2 * Self.guardCount
        storage = UnsafeMutableRawPointer.allocate(byteCount: total * 4, alignment: 64)
            .bindMemory(to: Float.self, capacity: total)
        for index in 0..<total { storage[index] = Float(bitPattern: Self.guardBits) }
        for index in 0..<count { pointer[index] = fill(index) }
    }

    deinit { storage.deallocate() }

    var pointer: UnsafeMutablePointer<Float> { storage + offset }
    var readOnly: UnsafePointer<Float> { UnsafePointer(pointer) }
    var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

    /// Whether nothing was written before or after the floats.
    var guardsAreIntact: Bool {
        let before = (0..<offset).allSatisfy { storage[$0].bitPattern == Self.guardBits }
        let after = (0..<Self.guardCount).allSatisfy { pointer[count + $0].bitPattern == Self.guardBits }
        return before && after
    }
}

/// Integers that outlive the calls which look at them.
final class IndexBuffer {
    let pointer: UnsafeMutablePointer<Int32>

    init(_ values: [Int]) {
        pointer = .allocate(capacity: max(1, values.count))
        for (index, value) in values.enumerated() { pointer[index] = Int32(value) }
    }

    deinit { pointer.deallocate() }
    var readOnly: UnsafePointer<Int32> { UnsafePointer(pointer) }
}

/// The gathered inputs of a 1×1 convolution.
final class GatheredBuffer {
    private let gathered: UnsafeMutablePointer<GatheredInput<Float>>
    private let rising: UnsafeMutablePointer<Int32>
    private let normalization: Normalization<Float>?

    init(
        _ convolution: PointwiseConvolution, planes: UnsafePointer<Int32>,
        normalization: Normalization<Float>?
    ) {
        self.normalization = normalization
        gathered = .allocate(capacity: max(1, convolution.groups * convolution.inputs))
        rising = .allocate(capacity: max(1, convolution.groups))
        convolution.gather(planes: planes, normalization: normalization, into: gathered)
        convolution.countRising(normalization: normalization, into: rising)
    }

    deinit {
        gathered.deallocate()
        rising.deallocate()
    }

    var inputs: GatheredInputs<Float> {
        GatheredInputs(inputs: gathered, rising: rising, normalization: normalization)
    }
}

/// Keeps objects whose pointers are in use from being released before this call.
@inline(never)
func keepAlive(_ objects: AnyObject...) {
    withExtendedLifetime(objects) {}
}

/// The first place where two results differ in anything but the sign of a zero or the kind of a NaN.
func firstDifference(_ actual: [Float], _ expected: [Float]) -> String? {
    guard actual.count == expected.count else { return "\(actual.count) values instead of \(expected.count)" }
    for index in actual.indices {
        let (a, e) = (actual[index], expected[index])
        if a != e && !(a.isNaN && e.isNaN) { return "value \(index) is \(a) instead of \(e)" }
    }
    return nil
}

extension SplitMix64 {
    /// A value in −1…1.
    mutating func value() -> Float { Float.random(in: -1...1, using: &self) }

    /// A value in −1…1, or now and then NaN, an infinity, a zero of either sign, or something huge or tiny.
    mutating func strangeValue() -> Float {
        let strange: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, 3e38, -3e38, 0x1p-140, -0x1p-140]
        return Int.random(in: 0..<12, using: &self) == 0 ? strange.randomElement(using: &self)! : value()
    }
}
