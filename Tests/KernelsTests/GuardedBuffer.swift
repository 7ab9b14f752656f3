import Foundations
import TestSupport
import Testing

@testable import Kernels

/// What the kernels of this module read and write.
typealias NumberBuffer = GuardedBuffer<Number>
/// What they are packed from.
typealias FloatBuffer = GuardedBuffer<Float>

/// Numbers between guard bytes, at any offset from an aligned address.
final class GuardedBuffer<Element: KernelElement> {
    let count: Int
    private let storage: UnsafeMutableRawBufferPointer
    private let offset: Int
    private static var guardCount: Int { 64 }
    private static var guardByte: UInt8 { 0xA5 }

    /// `count` numbers, `offset` numbers past a multiple of 64 bytes, each given by `fill` and rounded.
    init(count: Int, offset: Int = 0, fill: (Int) -> Float = { _ in .nan }) {
        self.count = count
        self.offset = Self.guardCount + offset
        storage = .allocate(
            byteCount: (count + offset + 2 * Self.guardCount) * MemoryLayout<Element>.size, alignment: 64)
        storage.initializeMemory(as: UInt8.self, repeating: Self.guardByte)
        for index in 0..<count { pointer[index] = Element(fill(index)) }
    }

    deinit { storage.deallocate() }

    var pointer: UnsafeMutablePointer<Element> {
        storage.baseAddress!.assumingMemoryBound(to: Element.self) + offset
    }
    var readOnly: UnsafePointer<Element> { UnsafePointer(pointer) }
    var values: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

    /// Whether nothing was written before or after the numbers.
    var guardsAreIntact: Bool {
        let (first, end) = (offset * MemoryLayout<Element>.size, (offset + count) * MemoryLayout<Element>.size)
        return storage[..<first].allSatisfy { $0 == Self.guardByte }
            && storage[end...].allSatisfy { $0 == Self.guardByte }
    }
}

/// Makes buffers of random numbers, one drawn after the other.
struct RandomBuffers {
    var random: SplitMix64
    private let strange: Bool
    private let offset: Int

    /// Values in −1…1, or where they are `strange`, now and then what no network should meet; see `GuardedBuffer` for `offset`.
    init(seed: UInt64, strange: Bool = false, offset: Int = 0) {
        random = SplitMix64(seed: seed)
        (self.strange, self.offset) = (strange, offset)
    }

    mutating func callAsFunction<Element>(_ count: Int) -> GuardedBuffer<Element> {
        GuardedBuffer(count: count, offset: offset) { _ in strange ? random.strangeValue() : random.value() }
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
    private let gathered: UnsafeMutablePointer<GatheredInput<Number>>
    private let rising: UnsafeMutablePointer<Int32>
    private let scale, shift: NumberBuffer?

    init(
        _ convolution: PointwiseConvolution, planes: UnsafePointer<Int32>,
        normalization: Normalization<Float>?
    ) {
        let count = convolution.groups * convolution.inputs
        scale = normalization.map { factors in NumberBuffer(count: count) { factors.scale[$0] } }
        shift = normalization.map { factors in NumberBuffer(count: count) { factors.shift[$0] } }
        gathered = .allocate(capacity: max(1, convolution.groups * convolution.inputs))
        rising = .allocate(capacity: max(1, convolution.groups))
        convolution.gather(planes: planes, normalization: normalization, into: gathered)
        convolution.countRising(normalization: normalization, into: rising)
    }

    deinit {
        gathered.deallocate()
        rising.deallocate()
    }

    var inputs: GatheredInputs<Number> {
        GatheredInputs(
            inputs: gathered, rising: rising,
            normalization: scale.map { Normalization(scale: $0.readOnly, shift: shift!.readOnly) })
    }
}

/// Keeps objects whose pointers are in use from being released before this call.
@inline(never)
func keepAlive(_ objects: AnyObject...) {
    withExtendedLifetime(objects) {}
}

/// The first place where two results differ in anything but the sign of a zero or the kind of a NaN.
func firstDifference<Element: KernelElement>(_ actual: [Element], _ expected: [Element]) -> String? {
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
        let (huge, tiny) = (Float(Number.greatestFiniteMagnitude) * 0.9, Float(Number.leastNonzeroMagnitude) * 16)
        let strange: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, huge, -huge, tiny, -tiny]
        return Int.random(in: 0..<12, using: &self) == 0 ? strange.randomElement(using: &self)! : value()
    }
}
