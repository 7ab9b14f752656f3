import Glibc

/// Nanoseconds on a clock that never goes back and that nobody sets.
///
/// It stays a call, by which `tools/arm/instructions` tells the steps of a profiled run apart.
@inline(never) public func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
