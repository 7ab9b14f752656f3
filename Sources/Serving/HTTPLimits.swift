import ImageInput

/// What connections may ask of the machine.
enum HTTPLimits {
    /// The longest body.
    static let bodyBytes = 32 << 20
    /// What has come of the bodies of all requests that are being received or answered.
    static let allBodiesBytes = 256 << 20
    /// Connections at once. One that waits for a request longest makes room for another.
    static let connections = 256
    /// Listeners to events at once.
    static let listeners = 32
    /// Seconds that a connection may wait for a request.
    static let idleSeconds = 60.0
    /// Seconds from a head's first byte to its last.
    static let headSeconds = 10.0
    /// Seconds that a body may take to arrive, or an answer to be taken.
    static let transferSeconds = 60.0
    /// Seconds that what is being answered has after SIGTERM; a connection without a request has `drainIdleSeconds`.
    static let drainSeconds = 30.0
    static let drainIdleSeconds = 2.0

    /// What each of so many images that are decoded at once may ask: one, or up to four together, about 450 MiB.
    ///
    /// A quarter is the least, so that photos of 16 megapixels are read as they are, however many workers there are.
    static func images(atOnce count: Int) -> ImageLimits {
        let share = min(max(count, 1), 4)
        var limits = ImageLimits.default
        limits.pixels /= share
        limits.coefficientBytes = (256 << 20) / share
        return limits
    }
}
