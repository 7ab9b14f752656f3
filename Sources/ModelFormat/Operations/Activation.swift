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
    var members: [JSONValue.Member] { self == .none ? [] : [.init("activation", .string(rawValue))] }

    /// Reads member `activation`, or version 1's flag `relu`.
    ///
    /// - Throws: `JSONError.member`.
    init(reading members: inout JSONMembers, version: FormatVersion) throws {
        guard version > .one else {
            self = try members.flag("relu") ? .relu : .none
            return
        }
        guard let value = members.optional("activation") else {
            self = .none
            return
        }
        guard case .string(let word) = value, let activation = Self.allCases.first(where: { $0.rawValue == word })
        else {
            throw members.mismatch("activation", Self.allCases.map(\.rawValue).joined(separator: ", "), value)
        }
        self = activation
    }
}

/// The flags that are set; an absent flag means false.
func flags(_ pairs: [(String, Bool)]) -> [JSONValue.Member] {
    pairs.filter(\.1).map { .init($0.0, true) }
}
