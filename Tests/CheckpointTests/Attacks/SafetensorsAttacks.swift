import Checkpoint
import Testing

/// Safetensors files whose header and data disagree. Safety classes 3 to 6.
@Suite struct SafetensorsAttacks {
    @Test(arguments: all) func isRefused(_ attack: Attack) { attack.check() }

    static func attack(
        _ name: String, _ header: String, length: UInt64? = nil, data: Int = 8, _ error: CheckpointError
    ) -> Attack {
        Attack(
            name,
            TinyCheckpoint.safetensors(header: header, length: length, data: [UInt8](repeating: 0, count: data)), error)
    }

    static func attack(_ name: String, _ header: String, at place: CheckpointLocation, _ fault: SafetensorsFault)
        -> Attack
    { attack(name, header, .safetensors(fault, at: place)) }

    /// The header of one tensor `a`.
    static func tensor(_ dtype: String, _ shape: String, _ offsets: String) -> String {
        #"{"a":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
    }

    static let tensorA = place(tensor: "a")

    static func whole(_ found: String) -> SafetensorsFault {
        .field(expected: "a whole number of at most 63 bits", found: found)
    }

    static let all: [Attack] = [
        attack(
            "a header of 2⁶⁴ - 1 bytes", "{}", length: .max,
            .safetensors(
                .headerLength(.max, available: 10), at: place(byte: 0))),
        attack(
            "a header of one byte too many", "{}", length: 11,
            .safetensors(
                .headerLength(11, available: 10), at: place(byte: 0))),
        attack(
            "a header of two mebibytes", "{}", length: 2 << 20, data: 2 << 20,
            .overLimit(
                .headerBytes, limit: 1 << 20, found: 2 << 20, at: place(byte: 0))),
        attack(
            "a header that stops", "{", length: 1,
            .safetensors(.syntax("expected '\"', found the end"), at: place(byte: 9))),
        attack("a header with a tail", "{}x", at: place(byte: 10), .syntax("expected the end, found 'x'")),
        attack(
            "a list for a header entry", #"{"a":[]}"#, at: tensorA,
            .field(expected: "an object with dtype, shape and data_offsets", found: "an array")),
        attack(
            "a tensor twice", #"{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"a":{}}"#, at: place(byte: 61),
            .syntax("the name \"a\" appears twice")),
        attack(
            "a field twice", #"{"a":{"dtype":"U8","dtype":"F32"}}"#, at: place(byte: 27),
            .syntax("the name \"dtype\" appears twice")),
        attack(
            "metadata twice", #"{"__metadata__":{},"__metadata__":{}}"#, at: place(byte: 27),
            .syntax("the name \"__metadata__\" appears twice")),
        attack(
            "metadata that is deep", #"{"__metadata__":{"a":{"b":{}}}}"#, at: place(byte: 8),
            .field(expected: "texts as metadata", found: "an object")),
        attack(
            "a field that is unknown", #"{"a":{"strides":[1]}}"#, at: tensorA,
            .field(expected: "dtype, shape or data_offsets", found: "\"strides\"")),
        attack("no type", #"{"a":{"shape":[8],"data_offsets":[0,8]}}"#, at: tensorA, .missingField("dtype")),
        attack("no shape", #"{"a":{"dtype":"U8","data_offsets":[0,8]}}"#, at: tensorA, .missingField("shape")),
        attack("no offsets", #"{"a":{"dtype":"U8","shape":[8]}}"#, at: tensorA, .missingField("data_offsets")),
        attack(
            "a type that is a number", #"{"a":{"dtype":8,"shape":[8],"data_offsets":[0,8]}}"#, at: tensorA,
            .field(expected: "a dtype", found: "8")),
        attack(
            "three offsets", tensor("U8", "[8]", "[0,4,8]"), at: tensorA,
            .field(expected: "two data offsets", found: "3")),
        attack("a dimension below zero", tensor("U8", "[-8]", "[0,8]"), at: tensorA, whole("-8")),
        attack(
            "a dimension of 2⁶³", tensor("U8", "[9223372036854775808]", "[0,8]"), at: tensorA,
            whole("9.223372036854776e+18")),
        attack(
            "a dimension with a leading zero", tensor("U8", "[08]", "[0,8]"), at: place(byte: 37),
            .syntax("expected ']', found '8'")),
        attack("a dimension that is a fraction", tensor("U8", "[8.0]", "[0,8]"), at: tensorA, whole("8.0")),
        attack("a dimension that is a list", tensor("U8", "[[8]]", "[0,8]"), at: tensorA, whole("an array")),
        attack(
            "a shape that is a number", tensor("U8", "8", "[0,8]"), at: tensorA,
            .field(expected: "a list of whole numbers", found: "8")),
        attack(
            "a list that ends in a comma", tensor("U8", "[8,]", "[0,8]"), at: place(byte: 38),
            .syntax("expected a value, found ']'")),
        attack("a shape beyond 64 bits", tensor("U8", "[4294967296,4294967296]", "[0,8]"), at: tensorA, .shapeOverflow),
        attack("a size beyond 64 bits", tensor("F64", "[2305843009213693952]", "[0,8]"), at: tensorA, .shapeOverflow),
        attack(
            "a shape of more than the data", tensor("F32", "[3]", "[0,8]"), at: tensorA,
            .byteCount(expected: 12, found: 8)),
        attack("an unknown type", tensor("F31", "[2]", "[0,8]"), at: tensorA, .elementType("F31")),
        attack("a type of two elements a byte", tensor("F4", "[16]", "[0,8]"), at: tensorA, .elementType("F4")),
        attack(
            "unsigned 64-bit integers", tensor("U64", "[1]", "[0,8]"),
            .storage(
                .elementType(found: "uint64"), at: tensorA)),
        attack(
            "five dimensions", tensor("U8", "[8,1,1,1,1]", "[0,8]"),
            .overLimit(
                .rank, limit: 4, found: 5, at: tensorA)),
        attack(
            "a hole before the data", tensor("U8", "[4]", "[4,8]"), at: tensorA, .notAdjacent(expected: 0, found: 4)),
        attack("data left over", tensor("U8", "[4]", "[0,4]"), at: place(), .dataLength(expected: 4, found: 8)),
        attack("data missing", tensor("U8", "[16]", "[0,16]"), at: place(), .dataLength(expected: 16, found: 8)),
        attack("offsets in reverse", tensor("U8", "[4]", "[8,4]"), at: tensorA, .offsets(begin: 8, end: 4)),
        attack(
            "two tensors on one another",
            #"{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}"#,
            at: place(tensor: "b"), .notAdjacent(expected: 5, found: 4)),
        attack(
            "a control character in a name", "{\"a\nb\":{}}", at: place(byte: 11),
            .syntax("a control character inside a string")),
        attack(
            "half a surrogate in a name", #"{"\ud800":{}}"#, at: place(byte: 10), .syntax("half of a surrogate pair")),
        attack("an escape that is none", #"{"\q":{}}"#, at: place(byte: 10), .syntax("an unknown escape")),
        Attack(
            "a name that is not UTF-8",
            joined(littleEndian(UInt64(8)), Array("{\"".utf8), [0xC3, 0x28], Array("\":{}".utf8)),
            .safetensors(.syntax("a string is not valid UTF-8"), at: place(byte: 10))),
        attack("no tensors", "{}", data: 0, .stateDict(.notFound(keys: []), at: place())),
    ]
}
