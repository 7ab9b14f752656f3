/// A Python object, to be written as a pickle of protocol 2 the way Python writes it, or not quite.
indirect enum PythonValue: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    case real(Double)
    case text(String)
    case tuple([PythonValue])
    case list([PythonValue])
    case dict([(PythonValue, PythonValue)])
    case global(String, String)
    case reduce(PythonValue, [PythonValue])
    case build(PythonValue, PythonValue)
    case persistent(PythonValue)
    /// Opcodes as they are.
    case opcodes([UInt8])

    /// The pickle: `PROTO`, the object, `STOP`.
    var pickle: [UInt8] { [0x80, 2] + encoded + [UInt8(ascii: ".")] }

    private var encoded: [UInt8] {
        switch self {
        case .none: return Array("N".utf8)
        case .bool(let value): return [value ? 0x88 : 0x89]
        case .int(let value) where Int32(exactly: value) != nil:
            return Array("J".utf8) + littleEndian(Int32(value))
        case .int(let value): return [0x8A, 8] + littleEndian(Int64(value))
        case .real(let value): return Array("G".utf8) + Array(littleEndian(value.bitPattern).reversed())
        case .text(let value): return joined(Array("X".utf8), littleEndian(UInt32(value.utf8.count)), Array(value.utf8))
        case .tuple(let items): return joined(Array("(".utf8), items.flatMap(\.encoded), Array("t".utf8))
        case .list(let items): return joined(Array("](".utf8), items.flatMap(\.encoded), Array("e".utf8))
        case .dict(let items):
            let members: [[UInt8]] = items.map { $0.0.encoded + $0.1.encoded }
            return joined(Array("}(".utf8), members.flatMap { $0 }, Array("u".utf8))
        case .global(let module, let name): return Array("c\(module)\n\(name)\n".utf8)
        case .reduce(let callee, let arguments):
            return joined(callee.encoded, PythonValue.tuple(arguments).encoded, Array("R".utf8))
        case .build(let object, let state): return joined(object.encoded, state.encoded, Array("b".utf8))
        case .persistent(let id): return id.encoded + Array("Q".utf8)
        case .opcodes(let bytes): return bytes
        }
    }
}

extension PythonValue {
    static func ints(_ values: [Int]) -> PythonValue { .tuple(values.map(PythonValue.int)) }

    /// A storage as zip files refer to it.
    static func storage(_ type: String = "FloatStorage", key: String, count: Int) -> PythonValue {
        .persistent(.tuple([.text("storage"), .global("torch", type), .text(key), .text("cpu"), .int(count)]))
    }

    /// A storage as stacked pickles refer to it.
    static func stackedStorage(
        _ type: String = "FloatStorage", key: String, count: Int, view: PythonValue = .none
    ) -> PythonValue {
        .persistent(
            .tuple([.text("storage"), .global("torch", type), .text(key), .text("cpu"), .int(count), view]))
    }

    /// A tensor as PyTorch 0.4 and later write it.
    static func tensor(_ storage: PythonValue, offset: Int = 0, shape: [Int], strides: [Int]) -> PythonValue {
        .reduce(
            .global("torch._utils", "_rebuild_tensor_v2"),
            [
                storage, .int(offset), .ints(shape), .ints(strides), .bool(false),
                .reduce(.global("collections", "OrderedDict"), []),
            ])
    }

    /// What training saves: a state dict among other things.
    static func training(_ tensors: [(String, PythonValue)]) -> PythonValue {
        .dict([
            (.text("epoch"), .int(120)),
            (.text("state_dict"), .dict(tensors.map { (.text($0.0), $0.1) })),
            (.text("best_prec1"), .real(93.5)),
        ])
    }
}

/// The bytes of an integer, least significant first.
func littleEndian<I: FixedWidthInteger>(_ value: I) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// One array of several, which compilers tell the type of at once: long sums of arrays take some minutes.
func joined(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap { $0 } }

/// The bytes of single-precision numbers.
func bytes(_ values: [Float]) -> [UInt8] { values.flatMap { littleEndian($0.bitPattern) } }

/// The bytes of integers.
func bytes<I: FixedWidthInteger>(_ values: [I]) -> [UInt8] { values.flatMap(littleEndian) }
