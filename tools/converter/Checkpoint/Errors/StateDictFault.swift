/// Why an object gives no state dict.
public enum StateDictFault: Equatable, Sendable {
    /// The outermost object is no dictionary.
    case notDictionary(found: String)
    /// No dictionary of tensors was found; `keys` are the outermost dictionary's.
    case notFound(keys: [String])
    /// Several dictionaries of tensors were found, under keys that do not tell which one is the network.
    case ambiguous(keys: [String])
    /// No weights lie under the key that was asked for; `keys` are the outermost dictionary's.
    case noWeights(key: String, keys: [String])
    /// A key appears twice.
    case duplicateName(String)
    /// A key of the state dict is not text.
    case notText(found: String)
}

extension StateDictFault: CustomStringConvertible {
    /// What was expected and what was found.
    public var description: String {
        switch self {
        case .notDictionary(let found): "expected a dictionary of tensors, found \(printable(found))"
        case .notFound(let keys) where keys.isEmpty: "expected a state dict, found an empty dictionary"
        case .notFound(let keys): "expected a state dict, found \(list(keys)) and no tensors by name"
        case .ambiguous(let keys):
            "expected one state dict, found one under each of \(list(keys)) (--weights KEY takes one)"
        case .noWeights(let key, let keys):
            "--weights \(printable(key)): no weights under this key; the file has \(list(keys))"
        case .duplicateName(let name): "\"\(printable(name))\" appears twice"
        case .notText(let found): "expected a name, found \(printable(found))"
        }
    }

    private func list(_ keys: [String]) -> String { keys.map { "\"\(printable($0))\"" }.joined(separator: ", ") }
}
