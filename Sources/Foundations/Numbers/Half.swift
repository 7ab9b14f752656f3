/// IEEE 754 binary16, as stored in files; arithmetic is done in `Float`.
public enum Half {
    /// The float of the same value; exact.
    public static func widen(_ bits: UInt16) -> Float {
        let magnitude = UInt32(bits & 0x7FFF) << 13
        let sign = UInt32(bits & 0x8000) << 16
        // 2^112 moves the exponent's bias; the product is exact, for subnormals too. It does not reach infinity and NaN.
        let finite = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
        return Float(bitPattern: sign | (magnitude < 0x7C00 << 13 ? finite : magnitude | 0x7F80_0000))
    }

    /// The nearest half, ties to even; beyond ±65,504 infinity.
    public static func narrow(_ value: Float) -> UInt16 {
        let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
        let magnitude = value.magnitude
        if magnitude.isNaN { return sign | 0x7E00 }
        if magnitude >= 65_520 { return sign | 0x7C00 }
        if magnitude < 0x1p-14 { return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven)) }
        let bits = magnitude.bitPattern
        let rounded = bits + 0xFFF + ((bits >> 13) & 1)
        return sign | UInt16(truncatingIfNeeded: (rounded >> 13) - (112 << 10))
    }
}
