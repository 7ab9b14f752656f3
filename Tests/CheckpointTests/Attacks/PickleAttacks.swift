import Checkpoint
import Testing

/// Pickles that want something run, or want the reader to fall over. Safety class 13.
@Suite struct PickleAttacks {
    @Test(arguments: globals + machine + lengths + calls + persistentIDs)
    func isRefused(_ attack: Attack) { attack.check() }

    /// Protocol 2, these opcodes, `STOP`; the fault is due at `offset` of the opcodes.
    static func attack(_ name: String, _ opcodes: [UInt8], at offset: Int, _ fault: PickleFault) -> Attack {
        let pickle: [UInt8] = joined([0x80, 2], opcodes, Array(".".utf8))
        return Attack(
            name, TinyCheckpoint.zip(pickle: pickle).bytes,
            .pickle(fault, at: place("net/data.pkl", byte: 2 + offset)))
    }

    static func attack(_ name: String, text opcodes: String, at offset: Int, _ fault: PickleFault) -> Attack {
        attack(name, Array(opcodes.utf8), at: offset, fault)
    }

    static func attack(_ name: String, _ opcodes: [UInt8], _ error: CheckpointError) -> Attack {
        Attack(name, TinyCheckpoint.zip(pickle: [0x80, 2] + opcodes).bytes, error)
    }

    /// `SHORT_BINUNICODE`.
    private static func shortText(_ text: String) -> [UInt8] { [0x8C, UInt8(text.utf8.count)] + Array(text.utf8) }

    static let globals: [Attack] = [
        attack("os.system", text: "cos\nsystem\n(X\u{4}\0\0\0truetR", at: 0, .forbiddenGlobal("os.system")),
        attack("posix.system", text: "cposix\nsystem\n(tR", at: 0, .forbiddenGlobal("posix.system")),
        attack(
            "builtins.eval", text: "cbuiltins\neval\n(X\u{3}\0\0\u{0}1+1tR", at: 0, .forbiddenGlobal("builtins.eval")),
        attack("builtins.getattr", text: "cbuiltins\ngetattr\n.", at: 0, .forbiddenGlobal("builtins.getattr")),
        attack("Python 2's eval", text: "c__builtin__\neval\n", at: 0, .forbiddenGlobal("__builtin__.eval")),
        attack("torch.load", text: "ctorch\nload\n", at: 0, .forbiddenGlobal("torch.load")),
        attack(
            "a method of an allowed class", text: "ccollections\nOrderedDict.popitem\n", at: 0,
            .forbiddenGlobal("collections.OrderedDict.popitem")),
        attack(
            "a storage of no known type", text: "ctorch\nWeirdStorage\n", at: 0, .forbiddenGlobal("torch.WeirdStorage")),
        attack(
            "a whole model", text: "cmodels.condensenet\nCondenseNet\n", at: 0,
            .forbiddenGlobal("models.condensenet.CondenseNet")),
        attack("an empty name", text: "c\n\n", at: 0, .forbiddenGlobal(".")),
        attack(
            "os.system by STACK_GLOBAL",
            shortText("os") + shortText("system") + [0x93], at: 12,
            .forbiddenGlobal("os.system")),
        attack(
            "STACK_GLOBAL of numbers", [0x4B, 1, 0x4B, 2, 0x93], at: 4,
            .wrongType(expected: "a module and a name", found: "the integer 1 and the integer 2")),
    ]

    static let machine: [Attack] = [
        attack("a byte that is no opcode", [0xFF], at: 0, .unknownOpcode(0xFF)),
        attack("protocol 6", [0x80, 6], at: 0, .protocolVersion(found: 6)),
        attack("INST", text: "(ios\nsystem\n", at: 1, .unsupportedOpcode("inst")),
        attack("OBJ", text: "(o", at: 1, .unsupportedOpcode("obj")),
        attack("EXT1", [0x82, 1], at: 0, .unsupportedOpcode("ext1")),
        attack("NEXT_BUFFER", [0x97], at: 0, .unsupportedOpcode("nextBuffer")),
        attack("STOP on an empty stack", text: "", at: 0, .leftovers(values: 0, marks: 0)),
        attack("STOP below a mark", text: "(N", at: 2, .leftovers(values: 1, marks: 1)),
        attack("STOP with two values", text: "NN", at: 2, .leftovers(values: 2, marks: 0)),
        attack("POP of nothing", text: "0", at: 0, .stackUnderflow(needed: 1, found: 0)),
        attack("DUP of nothing", text: "2", at: 0, .stackUnderflow(needed: 1, found: 0)),
        attack("PUT of nothing", [0x71, 0], at: 0, .stackUnderflow(needed: 1, found: 0)),
        attack("MEMOIZE of nothing", [0x94], at: 0, .stackUnderflow(needed: 1, found: 0)),
        attack("TUPLE2 of one", [0x4E, 0x86], at: 1, .stackUnderflow(needed: 2, found: 1)),
        attack("REDUCE of one", text: "NR", at: 1, .stackUnderflow(needed: 2, found: 1)),
        attack(
            "REDUCE of no arguments", text: "NNR", at: 2, .wrongType(expected: "a tuple of arguments", found: "None")),
        attack("SETITEM across a mark", text: "}N(Ns", at: 4, .stackUnderflow(needed: 2, found: 1)),
        attack("APPEND across a mark", text: "](Na", at: 3, .stackUnderflow(needed: 1, found: 0)),
        attack("TUPLE without a mark", text: "Nt", at: 1, .noMark),
        attack("APPENDS without a mark", text: "]Ne", at: 2, .noMark),
        attack("SETITEMS of an odd number", text: "}(NNNu", at: 5, .stackUnderflow(needed: 4, found: 3)),
        attack("APPEND to a tuple", text: ")Na", at: 2, .wrongType(expected: "a list", found: "a tuple")),
        attack("SETITEM on a list", text: "]NNs", at: 3, .wrongType(expected: "a dictionary", found: "a list")),
        attack("ADDITEMS to a list", [0x5D, 0x28, 0x90], at: 2, .wrongType(expected: "a set", found: "a list")),
        attack(
            "BUILD of a class", text: "ctorch\nSize\n}b", at: 13, .wrongType(expected: "an object", found: "torch.Size")
        ),
        attack("memo miss", [0x68, 7], at: 0, .memoMiss(index: 7)),
        attack("memo miss far away", [0x6A, 0xFF, 0xFF, 0xFF, 0xFF], at: 0, .memoMiss(index: 0xFFFF_FFFF)),
        attack("memo index below zero", text: "g-1\n", at: 0, .notANumber("-1")),
        attack(
            "memo index beyond 64 bits", text: "Np99999999999999999999\n", at: 1, .notANumber("99999999999999999999")),
        attack("an integer that is none", text: "I12x\n", at: 0, .notANumber("12x")),
        attack("a real number that is none", text: "Fone\n", at: 0, .notANumber("one")),
        attack("a string without quotes", text: "Sabc\n", at: 0, .badText("abc")),
        attack("a string with half an escape", text: "S'\\x4'\n", at: 0, .badText("'\\x4'")),
        attack("an escape beyond Unicode", text: "V\\UFFFFFFFF\n", at: 0, .badText("\\UFFFFFFFF")),
        attack("no STOP", [0x4E], .pickle(.noStop, at: place("net/data.pkl", byte: 2))),
        attack("bytes after STOP", Array("}.N".utf8), .trailingBytes(count: 1, at: place("net/data.pkl", byte: 4))),
        attack(
            "marks 65 deep", [UInt8](repeating: 0x28, count: 65),
            .overLimit(
                .pickleDepth, limit: 64, found: 65, at: place("net/data.pkl", byte: 66))),
        attack(
            "tuples 100,000 deep", [0x29] + [UInt8](repeating: 0x85, count: 100_000),
            .overLimit(
                .pickleDepth, limit: 64, found: 65, at: place("net/data.pkl", byte: 66))),
        attack(
            "lists 65 deep", Array((String(repeating: "]", count: 65) + String(repeating: "a", count: 64)).utf8),
            .overLimit(.pickleDepth, limit: 64, found: 65, at: place("net/data.pkl", byte: 130))),
        attack(
            "a list that holds itself", [0x5D, 0x71, 0, 0x68, 0, 0x61, 0x2E],
            .stateDict(
                .notDictionary(found: "a list"), at: place("net/data.pkl"))),
        attack(
            "a million opcodes and one", [UInt8](repeating: 0x4E, count: 1_000_000),
            .overLimit(
                .pickleOpcodes, limit: 1_000_000, found: 1_000_001, at: place("net/data.pkl", byte: 1_000_001))),
    ]

    static let lengths: [Attack] = [
        attack("LONG4 of -1 bytes", [0x8B, 0xFF, 0xFF, 0xFF, 0xFF], at: 0, .badLength("-1")),
        attack(
            "LONG4 of 2 GiB", [0x8B, 0xFF, 0xFF, 0xFF, 0x7F],
            .overLimit(
                .integerBytes, limit: 64, found: 0x7FFF_FFFF, at: place("net/data.pkl", byte: 2))),
        attack(
            "LONG of 2,000 digits", Array("L\(String(repeating: "9", count: 2000))L\n.".utf8),
            .overLimit(
                .integerBytes, limit: 64, found: 2001, at: place("net/data.pkl", byte: 2))),
        attack(
            "LONG of 65 digits", Array("L\(String(repeating: "9", count: 65))\n.".utf8),
            .overLimit(
                .integerBytes, limit: 64, found: 65, at: place("net/data.pkl", byte: 2))),
        attack("BINSTRING of -1 bytes", [0x54, 0xFF, 0xFF, 0xFF, 0xFF], at: 0, .badLength("-1")),
        attack(
            "BINUNICODE of 4 GiB", [0x58, 0xFF, 0xFF, 0xFF, 0xFF, 0x2E],
            .truncated(
                expected: 0xFFFF_FFFF, found: 1, at: place("net/data.pkl", byte: 7))),
        attack(
            "BINUNICODE8 of 2⁶⁴ - 1 bytes", [0x8D] + [UInt8](repeating: 0xFF, count: 8), at: 0,
            .badLength("18446744073709551615")),
        attack(
            "BINBYTES8 of 2⁴⁰ bytes", [0x8E, 0, 0, 0, 0, 0, 1, 0, 0, 0x2E],
            .truncated(
                expected: 1 << 40, found: 1, at: place("net/data.pkl", byte: 11))),
        attack(
            "BYTEARRAY8 of 2⁶³ bytes", [0x96, 0, 0, 0, 0, 0, 0, 0, 0x80], at: 0,
            .badLength("9223372036854775808")),
        attack("a frame past the end", [0x95, 2, 0, 0, 0, 0, 0, 0, 0], at: 0, .frame(length: 2, remaining: 1)),
        attack(
            "a frame of 2⁶⁴ - 1 bytes", [0x95] + [UInt8](repeating: 0xFF, count: 8), at: 0,
            .frame(length: .max, remaining: 1)),
        attack(
            "a line without an end", Array("cos".utf8),
            .truncated(
                expected: 3, found: 2, at: place("net/data.pkl", byte: 3))),
        attack(
            "a class name of 2,000 letters", Array("ctorch\n\(String(repeating: "a", count: 2000))\n".utf8),
            .overLimit(.nameBytes, limit: 1024, found: 2000, at: place("net/data.pkl", byte: 2))),
    ]

    static let calls: [Attack] = [
        attack("a text called", text: "X\u{1}\0\0\u{0}f)R", at: 7, .notConstructible("the text \"f\"")),
        attack(
            "a storage class called", text: "ctorch\nFloatStorage\n)R", at: 21, .notConstructible("torch.FloatStorage")),
        attack("an element type called", text: "ctorch\nfloat32\n)R", at: 16, .notConstructible("torch.float32")),
        attack(
            "NEWOBJ of a tensor class", Array("ctorch\nFloatTensor\n)".utf8) + [0x81], at: 20,
            .notConstructible("torch.FloatTensor")),
        attack(
            "a dictionary of something else", text: "ccollections\nOrderedDict\n(NtR", at: 28,
            .arguments(of: "collections.OrderedDict", expected: "nothing or a list of pairs", found: "None")),
        attack(
            "a dictionary of triples", text: "ccollections\nOrderedDict\n(](NNNtatR", at: 34,
            .arguments(of: "collections.OrderedDict", expected: "pairs", found: "a tuple")),
        attack(
            "a tensor of nothing", text: "ctorch._utils\n_rebuild_tensor_v2\n)R", at: 34,
            .arguments(
                of: "torch._utils._rebuild_tensor_v2", expected: "a storage, an offset, a shape and strides first",
                found: "nothing")),
        attack(
            "a tensor of itself", text: "ctorch._utils\n_rebuild_tensor\n(NK\0))tR", at: 37,
            .arguments(
                of: "torch._utils._rebuild_tensor", expected: "a storage, an offset, a shape and strides first",
                found: "None, the integer 0, a tuple, a tuple")),
        attack(
            "a parameter of no tensor", text: "ctorch._utils\n_rebuild_parameter\n(NNNtR", at: 38,
            .arguments(
                of: "torch._utils._rebuild_parameter", expected: "a tensor first", found: "None, None, None")),
        attack(
            "a size of no tuple", text: "ctorch\nSize\n(NtR", at: 15,
            .arguments(of: "torch.Size", expected: "one tuple", found: "None")),
        attack(
            "a rebuilt type that smuggles a call", Array("ctorch._tensor\n_rebuild_from_type_v2\n(NN)NtR".utf8),
            at: 43, .notConstructible("None")),
        callOfTensor(
            "a tensor of 65 dimensions", .ints(Array(repeating: 1, count: 65)),
            .overLimit(
                .rank, limit: 64, found: 65, at: place("net/data.pkl", byte: 779))),
        callOfTensor(
            "a shape of texts", .tuple([.text("2")]),
            .pickle(
                .arguments(
                    of: "torch._utils._rebuild_tensor_v2", expected: "a storage, an offset, a shape and strides first",
                    found: "a storage, the integer 0, a tuple, a tuple, a boolean, a dictionary"),
                at: place("net/data.pkl", byte: 141))),
    ]

    private static func callOfTensor(_ name: String, _ shape: PythonValue, _ error: CheckpointError) -> Attack {
        let dictionary = PythonValue.reduce(.global("collections", "OrderedDict"), [])
        let arguments: [PythonValue] = [.storage(key: "0", count: 6), .int(0), shape, shape, .bool(false), dictionary]
        return Attack(
            name, TinyCheckpoint.zip(.reduce(.global("torch._utils", "_rebuild_tensor_v2"), arguments)).bytes, error)
    }

    static let persistentIDs: [Attack] = [
        persistent("a number", .int(5), .persistentID(expected: "a tuple of 5", found: "the integer 5")),
        persistent(
            "a tuple of one", .tuple([.text("storage")]),
            .persistentID(
                expected: "a tuple of 5", found: "a tuple")),
        persistent(
            "a module", .tuple([.text("module"), .none, .text("0"), .text("cpu"), .int(6)]),
            .persistentID(
                expected: "'storage'", found: "the text \"module\"")),
        persistent(
            "no class", .tuple([.text("storage"), .none, .text("0"), .text("cpu"), .int(6)]),
            .persistentID(
                expected: "a storage class", found: "None")),
        persistent(
            "a class that is no storage's",
            .tuple([.text("storage"), .global("torch", "float32"), .text("0"), .text("cpu"), .int(6)]),
            .persistentID(expected: "a storage class", found: "torch.float32")),
        persistent(
            "a key that is a number",
            .tuple([.text("storage"), .global("torch", "FloatStorage"), .int(0), .text("cpu"), .int(6)]),
            .persistentID(expected: "a key", found: "the integer 0")),
        persistent(
            "a count that is a text",
            .tuple([.text("storage"), .global("torch", "FloatStorage"), .text("0"), .text("cpu"), .text("6")]),
            .persistentID(expected: "a number of elements", found: "the text \"6\"")),
        persistent(
            "a count beyond 64 bits",
            .tuple([
                .text("storage"), .global("torch", "FloatStorage"), .text("0"), .text("cpu"),
                .opcodes([0x8A, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
            ]),
            .persistentID(expected: "a number of elements", found: "an integer wider than 64 bits")),
        attack(
            "a persistent id as text", text: "P17\n", at: 0,
            .persistentID(
                expected: "a tuple of 5", found: "the text \"17\"")),
    ]

    private static func persistent(_ name: String, _ id: PythonValue, _ fault: PickleFault) -> Attack {
        let pickle = PythonValue.persistent(id).pickle
        return Attack(
            "persistent id: \(name)", TinyCheckpoint.zip(pickle: pickle).bytes,
            .pickle(fault, at: place("net/data.pkl", byte: pickle.count - 2)))
    }
}
