import Foundations

/// The function that is applied to every element of a value.
public enum Activation: String, CaseIterable, Sendable {
    /// `x`.
    case none
    /// `max(x, 0)`.
    case relu
    /// `x · min(max(x + 3, 0), 6) / 6`.
    case hardSwish
}

extension Activation {
    /// The member that says so; nothing is said of `none`.
    var members: [JSONValue.Member] { flags([("relu", self == .relu)]) }

    init(reading members: inout JSONMembers) throws { self = try members.flag("relu") ? .relu : .none }
}

/// The flags that are set; an absent flag means false.
func flags(_ pairs: [(String, Bool)]) -> [JSONValue.Member] {
    pairs.filter(\.1).map { .init($0.0, true) }
}
