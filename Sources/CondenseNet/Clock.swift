import CProcessor

/// Nanoseconds on a clock that never goes back and that nobody sets.
///
/// It stays a call, by which `tools/arm/instructions` tells the steps of a profiled run apart.
@inline(never) public func monotonicNanoseconds() -> UInt64 { condensenet_monotonic_nanoseconds() }
