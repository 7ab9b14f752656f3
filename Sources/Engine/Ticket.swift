/// What is left of a job, in one number: its parts from `front` up to `back`, which nobody has taken yet.
struct Ticket {
    /// The number.
    let bits: UInt64

    /// Jobs and parts are below it.
    static let limit = 1 << 16
    /// The end of all jobs.
    static let dismissal = Ticket(bits: .max)

    init(bits: UInt64) { self.bits = bits }

    /// All parts of a job.
    ///
    /// - Precondition: both are in `0..<limit - 1`.
    init(job: Int, parts: Int) {
        precondition((0..<Self.limit - 1).contains(job) && (0..<Self.limit - 1).contains(parts))
        bits = UInt64(job) << 48 | UInt64(parts) << 32 | UInt64(parts)
    }

    /// The job.
    var job: Int { Int(bits >> 48) }
    /// All of its parts.
    var parts: Int { Int(bits >> 32 & 0xFFFF) }
    /// The first part that is left.
    var front: Int { Int(bits >> 16 & 0xFFFF) }
    /// The end of those that are left.
    var back: Int { Int(bits & 0xFFFF) }
    /// Whether no more jobs come.
    var isDismissal: Bool { bits == Self.dismissal.bits }

    /// Without its first part.
    var withoutFront: Ticket { Ticket(bits: bits + 1 << 16) }
    /// Without its last part.
    var withoutBack: Ticket { Ticket(bits: bits - 1) }
}
