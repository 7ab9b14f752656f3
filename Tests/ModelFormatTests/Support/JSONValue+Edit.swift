import Foundations
import ModelFormat

/// Reading and changing JSON in place. A missing member reads as null.
extension JSONValue {
    var members: [Member] {
        get { if case .object(let members) = self { members } else { [] } }
        set { self = .object(newValue) }
    }

    var elements: [JSONValue] {
        get { if case .array(let elements) = self { elements } else { [] } }
        set { self = .array(newValue) }
    }

    subscript(name: String) -> JSONValue {
        get { members.first { $0.name == name }?.value ?? .null }
        set {
            guard let position = members.firstIndex(where: { $0.name == name }) else {
                members.append(Member(name, newValue))
                return
            }
            members[position] = Member(name, newValue)
        }
    }

    subscript(position: Int) -> JSONValue {
        get { elements[position] }
        set { elements[position] = newValue }
    }

    mutating func remove(_ name: String) { members.removeAll { $0.name == name } }
}
