#if CONDENSENET_HALF
    import CVector

    /// Each operation is one on whole vectors, by `CVector`: of half precision on Arm, of single precision and rounded
    /// after each on x86-64, so that both round once.
    extension Float16: KernelElement {
        @inline(__always) static var sumTerms: Int { 128 }

        @inline(__always)
        static func load8(_ pointer: UnsafePointer<Float16>) -> SIMD8<Float16> {
            UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float16>.self)
        }

        @inline(__always)
        static func load4(_ pointer: UnsafePointer<Float16>) -> SIMD4<Float16> {
            UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Float16>.self)
        }

        @inline(__always)
        static func store(_ vector: SIMD8<Float16>, _ pointer: UnsafeMutablePointer<Float16>) {
            UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: SIMD8<Float16>.self)
        }

        @inline(__always)
        static func store(_ vector: SIMD4<Float16>, _ pointer: UnsafeMutablePointer<Float16>) {
            UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: SIMD4<Float16>.self)
        }

        @inline(__always)
        static func multiplyAdd(_ accumulator: Float16, _ a: Float16, _ b: Float16) -> Float16 {
            condensenet_half_multiply_add(accumulator, a, b)
        }

        @inline(__always)
        static func multiplyAdd(
            _ accumulator: SIMD8<Float16>, _ a: SIMD8<Float16>, _ b: SIMD8<Float16>
        ) -> SIMD8<Float16> {
            condensenet_half_multiply_add8(accumulator, a, b)
        }

        @inline(__always)
        static func add(_ a: SIMD8<Float16>, _ b: SIMD8<Float16>) -> SIMD8<Float16> { condensenet_half_add8(a, b) }

        @inline(__always)
        static func subtract(_ a: SIMD8<Float16>, _ b: SIMD8<Float16>) -> SIMD8<Float16> {
            condensenet_half_subtract8(a, b)
        }

        @inline(__always)
        static func multiply(_ a: SIMD8<Float16>, _ b: SIMD8<Float16>) -> SIMD8<Float16> {
            condensenet_half_multiply8(a, b)
        }

        @inline(__always)
        static func atLeast(_ x: SIMD8<Float16>, _ bound: SIMD8<Float16>) -> SIMD8<Float16> {
            condensenet_half_at_least8(x, bound)
        }

        @inline(__always)
        static func atMost(_ x: SIMD8<Float16>, _ bound: SIMD8<Float16>) -> SIMD8<Float16> {
            condensenet_half_at_most8(x, bound)
        }

        @inline(__always)
        static func maximum(_ a: SIMD8<Float16>, _ b: SIMD8<Float16>) -> SIMD8<Float16> {
            condensenet_half_maximum8(a, b)
        }

        @inline(__always)
        static func pairSums(_ a: SIMD8<Float16>, _ b: SIMD8<Float16>) -> SIMD8<Float16> {
            condensenet_half_pair_sums(a, b)
        }

        @inline(__always)
        static func firstLanes(_ x: SIMD8<Float16>, count: Int32) -> SIMD8<Float16> {
            condensenet_half_first_lanes8(x, count)
        }
    }
#endif
