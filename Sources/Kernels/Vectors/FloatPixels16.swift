#if CONDENSENET_AVX512
    import CVector

    /// Sixteen pixels, in one register.
    struct FloatPixels16: PixelVectors {
        private let a: SIMD16<Float>

        @inline(__always) static var width: Int { 16 }

        @inline(__always)
        private init(_ a: SIMD16<Float>) {
            self.a = a
        }

        @inline(__always)
        init(repeating value: Float) {
            a = SIMD16(repeating: value)
        }

        @inline(__always)
        init(loading pointer: UnsafePointer<Float>) {
            a = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<Float>.self)
        }

        @inline(__always)
        init(loading pointer: UnsafePointer<Float>, second: Int) {
            a = SIMD16(lowHalf: loadVector(pointer), highHalf: loadVector(pointer + second))
        }

        @inline(__always)
        init(loading pointer: UnsafePointer<Float>, count: Int) {
            a = SIMD16(lowHalf: loadVector(pointer, count: count), highHalf: SIMD8(repeating: 0))
        }

        @inline(__always)
        mutating func addProduct(_ pixels: Self, _ weight: Float) {
            self = Self(condensenet_multiply_add16(a, pixels.a, SIMD16(repeating: weight)))
        }

        @inline(__always)
        mutating func add(_ other: Self) {
            self = Self(a + other.a)
        }

        @inline(__always)
        func atLeast(_ bound: Float) -> Self {
            Self(condensenet_at_least16(a, SIMD16(repeating: bound)))
        }

        @inline(__always)
        func atMost(_ bound: Float) -> Self {
            Self(condensenet_at_most16(a, SIMD16(repeating: bound)))
        }

        @inline(__always)
        func hardSwish() -> Self {
            Self(condensenet_hard_swish16(a))
        }

        @inline(__always)
        func store(to destination: some VectorDestination<Float>) {
            destination.store(a.lowHalf, at: 0)
            destination.store(a.highHalf, at: 8)
        }

        @inline(__always)
        func store(to pointer: UnsafeMutablePointer<Float>) {
            UnsafeMutableRawPointer(pointer).storeBytes(of: a, as: SIMD16<Float>.self)
        }
    }
#endif
