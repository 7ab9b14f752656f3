/// A type of PyTorch's tensor elements, whether or not this reader can give its values.
///
/// Passengers of a checkpoint may use any of these: their sizes are needed to step over their data.
struct ScalarType: Equatable, Sendable {
    /// PyTorch's name for it: `float32`, `complex64`.
    let name: String
    /// Bytes of one element.
    let size: Int

    /// The type as callers see it; `nil` where they cannot have its values.
    var elementType: ElementType? { ElementType(rawValue: name) }

    /// Bytes without a type, as `torch.UntypedStorage` holds them.
    static let untyped = ScalarType(name: "untyped", size: 1)

    /// The type of a storage or tensor class: `Float` of `FloatStorage` and `FloatTensor`.
    static func classStem(_ stem: some StringProtocol) -> ScalarType? { classStems[String(stem)] }

    /// The type of a `torch.dtype`, under any of its names.
    static func dtype(_ name: String) -> ScalarType? {
        sizes[aliases[name] ?? name].map { ScalarType(name: aliases[name] ?? name, size: $0) }
    }

    private static let classStems: [String: ScalarType] = [
        "Double": "float64", "Float": "float32", "Half": "float16", "BFloat16": "bfloat16",
        "Long": "int64", "Int": "int32", "Short": "int16", "Char": "int8", "Byte": "uint8", "Bool": "bool",
        "ComplexDouble": "complex128", "ComplexFloat": "complex64",
        "QInt32": "qint32", "QInt8": "qint8", "QUInt8": "quint8",
    ].compactMapValues(dtype)

    private static let sizes = [
        "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2,
        "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1, "bool": 1,
        "uint64": 8, "uint32": 4, "uint16": 2,
        "complex128": 16, "complex64": 8, "complex32": 4,
        "qint32": 4, "qint8": 1, "quint8": 1,
        "float8_e4m3fn": 1, "float8_e4m3fnuz": 1, "float8_e5m2": 1, "float8_e5m2fnuz": 1, "float8_e8m0fnu": 1,
    ]

    private static let aliases = [
        "double": "float64", "float": "float32", "half": "float16",
        "long": "int64", "int": "int32", "short": "int16",
        "cdouble": "complex128", "cfloat": "complex64", "chalf": "complex32",
    ]
}
