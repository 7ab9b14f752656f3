import Checkpoint
import Testing

/// Objects without a usable state dict: safety class 6, names, and class 15, meaning, as far as a reader sees it.
@Suite struct StateDictAttacks {
    @Test(arguments: all) func isRefused(_ attack: Attack) { attack.check() }

    static let bias = PythonValue.tensor(.storage(key: "1", count: 2), shape: [2], strides: [1])

    static func attack(_ name: String, _ object: PythonValue, _ error: CheckpointError) -> Attack {
        Attack(name, TinyCheckpoint.zip(object).bytes, error)
    }

    static func attack(_ name: String, _ object: PythonValue, _ fault: StateDictFault) -> Attack {
        attack(name, object, .stateDict(fault, at: place("net/data.pkl")))
    }

    static let all: [Attack] = [
        attack("a number", .int(3), .notDictionary(found: "the integer 3")),
        attack("a tensor alone", bias, .notDictionary(found: "a tensor")),
        attack("an empty dictionary", .dict([]), .notFound(keys: [])),
        attack("an empty state dict", .training([]), .notFound(keys: ["epoch", "state_dict", "best_prec1"])),
        attack(
            "optimizer state alone", .dict([(.text("optimizer"), .dict([(.text("lr"), .real(0.1))]))]),
            .notFound(keys: ["optimizer"])),
        attack(
            "two networks",
            .dict([(.text("teacher"), .dict([(.text("a"), bias)])), (.text("student"), .dict([(.text("a"), bias)]))]),
            .ambiguous(keys: ["teacher", "student"])),
        attack(
            "two state dicts",
            .dict([
                (.text("state_dict"), .dict([(.text("a"), bias)])), (.text("state_dict"), .dict([(.text("b"), bias)])),
            ]), .duplicateName("state_dict")),
        attack("a tensor twice", .training([("a", bias), ("a", bias)]), .duplicateName("a")),
        attack("a name that is a number", .dict([(.int(1), bias)]), .notText(found: "the integer 1")),
        attack(
            "a name that is not UTF-8", .dict([(.opcodes([0x58, 2, 0, 0, 0, 0xC3, 0x28]), bias)]),
            .name(found: "\u{FFFD}(", at: place("net/data.pkl"))),
        attack(
            "a name of 2,000 bytes", .dict([(.text(String(repeating: "n", count: 2000)), bias)]),
            .overLimit(.nameBytes, limit: 1024, found: 2000, at: place("net/data.pkl"))),
        attack(
            "4,097 tensors", .training((0...4096).map { ("t\($0)", bias) }),
            .overLimit(.tensors, limit: 4096, found: 4097, at: place("net/data.pkl"))),
    ]
}
