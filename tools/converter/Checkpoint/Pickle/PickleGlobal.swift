/// A class or function that a pickle may mention.
///
/// The list holds what PyTorch writes around tensors, what the original training code stores beside them, and plain
/// containers. None of it is ever looked up, imported or called: a name stands for one of the few things that
/// ``PickleMachine`` knows how to represent.
final class PickleGlobal: Sendable {
    /// Module and name, with a point between them.
    let name: String
    /// What the name stands for.
    let role: Role

    enum Role: Sendable, Equatable {
        /// Becomes a dictionary.
        case dictionary
        /// Becomes a tensor of a storage, an offset, a shape and strides.
        case rebuildTensor(RebuildVersion)
        /// Becomes its first argument, a tensor.
        case rebuildParameter
        /// Becomes what its first argument makes of its third.
        case rebuildFromType
        /// Becomes its argument, a tuple of dimensions.
        case size
        /// A storage's class, the second part of a persistent id.
        case storageClass(ScalarType)
        /// A tensor's class, with its elements' type where the class has one; it constructs nothing.
        case tensorClass(ScalarType?)
        /// A `torch.dtype`.
        case elementType(ScalarType)
        /// Becomes an object that forgets what it is given.
        case passenger
        /// Becomes the dictionary that its state is.
        case namespace
        /// Becomes the text that Python 3 has written for Python 2's bytes.
        case encode
    }

    /// The forms of PyTorch's `_rebuild_tensor`.
    enum RebuildVersion: Sendable {
        /// Storage, offset, shape, strides (before 0.4).
        case v1
        /// And whether a gradient is wanted, hooks and, at times, metadata.
        case v2
        /// And an element type, before the metadata.
        case v3
    }

    private init(name: String, role: Role) {
        self.name = name
        self.role = role
    }

    /// The entry for a module's name; `nil` where it is not on the list.
    static func named(module: String, name: String) -> PickleGlobal? {
        let role =
            named["\(module).\(name)"] ?? torchType(module: module, name: name)
            ?? (isSettings(module) ? .passenger : nil)
        return role.map { PickleGlobal(name: "\(module).\(name)", role: $0) }
    }

    /// Whether a module's classes are those of settings that training tools store beside a network.
    private static func isSettings(_ module: String) -> Bool {
        ["omegaconf", "pytorch_lightning", "lightning", "lightning_fabric", "yacs", "easydict", "addict"].contains {
            module == $0 || module.hasPrefix("\($0).")
        }
    }

    private static func torchType(module: String, name: String) -> Role? {
        guard module == "torch" || module == "torch.cuda" else { return nil }
        if name.hasSuffix("Storage") { return ScalarType.classStem(name.dropLast(7)).map(Role.storageClass) }
        if name.hasSuffix("Tensor") { return ScalarType.classStem(name.dropLast(6)).map(Role.tensorClass) }
        return module == "torch" ? ScalarType.dtype(name).map(Role.elementType) : nil
    }

    private static let named: [String: Role] = [
        "collections.OrderedDict": .dictionary,
        "collections.defaultdict": .dictionary,

        "torch._utils._rebuild_tensor": .rebuildTensor(.v1),
        "torch._utils._rebuild_tensor_v2": .rebuildTensor(.v2),
        "torch._utils._rebuild_tensor_v3": .rebuildTensor(.v3),
        "torch._utils._rebuild_parameter": .rebuildParameter,
        "torch._utils._rebuild_parameter_with_state": .rebuildParameter,
        "torch._tensor._rebuild_from_type_v2": .rebuildFromType,
        "torch.nn.parameter.Parameter": .rebuildParameter,
        "torch.nn.parameter.Buffer": .rebuildParameter,
        "torch.autograd.variable.Variable": .rebuildParameter,
        "torch.Tensor": .tensorClass(nil),
        "torch._tensor.Tensor": .tensorClass(nil),
        "torch.Size": .size,
        "torch.storage.UntypedStorage": .storageClass(.untyped),
        "torch.UntypedStorage": .storageClass(.untyped),
        "torch.device": .passenger,

        // Accuracies and settings that training code stores beside the network.
        "numpy.core.multiarray.scalar": .passenger,
        "numpy._core.multiarray.scalar": .passenger,
        "numpy.core.multiarray._reconstruct": .passenger,
        "numpy._core.multiarray._reconstruct": .passenger,
        "numpy.core.numeric._frombuffer": .passenger,
        "numpy._core.numeric._frombuffer": .passenger,
        "numpy.ndarray": .passenger,
        "numpy.dtype": .passenger,
        "_codecs.encode": .encode,
        "argparse.Namespace": .namespace,
        "collections.Counter": .passenger,
        "collections.deque": .passenger,
        "types.SimpleNamespace": .passenger,
        "pathlib.Path": .passenger,
        "pathlib.PosixPath": .passenger,
        "pathlib.WindowsPath": .passenger,
        "pathlib.PurePosixPath": .passenger,
        "pathlib.PureWindowsPath": .passenger,
        "pathlib._local.PosixPath": .passenger,
        "pathlib._local.WindowsPath": .passenger,
        "datetime.datetime": .passenger,
        "datetime.date": .passenger,
        "datetime.time": .passenger,
        "datetime.timedelta": .passenger,
        "datetime.timezone": .passenger,
        "functools.partial": .passenger,
        "decimal.Decimal": .passenger,
        "fractions.Fraction": .passenger,
        "uuid.UUID": .passenger,
        "builtins.slice": .passenger,
        "builtins.range": .passenger,
        "builtins.complex": .passenger,
        "__builtin__.slice": .passenger,
        "__builtin__.complex": .passenger,
        "__builtin__.xrange": .passenger,
        "copyreg._reconstructor": .passenger,
        "copy_reg._reconstructor": .passenger,
        "builtins.object": .passenger,
        "builtins.bytearray": .passenger,
        "builtins.set": .passenger,
        "builtins.frozenset": .passenger,
        "builtins.list": .passenger,
        "builtins.dict": .dictionary,
        "__builtin__.object": .passenger,
        "__builtin__.bytearray": .passenger,
        "__builtin__.bytes": .passenger,
        "__builtin__.set": .passenger,
        "__builtin__.frozenset": .passenger,
        "__builtin__.list": .passenger,
        "__builtin__.dict": .dictionary,
    ]
}
