/// A version of the model file and the architecture file; see `docs/format.md`.
public enum FormatVersion: String, CaseIterable, Comparable, Sendable {
    /// ReLU as a flag, pre-activations among a step's own members.
    case one = "1"
    /// Activations by name, pre-activations as an object of their own, average pooling with one.
    case two = "2"

    /// The version that is written.
    static let current = two

    /// Whether `left` came before `right`.
    public static func < (left: FormatVersion, right: FormatVersion) -> Bool {
        allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }
}
