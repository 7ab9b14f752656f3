import Foundations

/// What a step computes.
///
/// One file per operation says everything about it: its word and members in the file, the tensors that it reads, the shape
/// that it writes, its cost and its rules. `KnownOperations` lists them.
///
/// The *operand* is what an operation computes with: the visible channels of the step's input after the pre-activation,
/// `[C, H, W]`.
public protocol Operation: Equatable, Sendable {
    /// The operation's names in the file; more than one where a word chooses a kind of it.
    static var words: [String] { get }
    /// The operation's name in the file, one of `words`; by default the first.
    var word: String { get }
    /// The members of a step's JSON that belong to the operation, in a fixed order, defaults left out.
    var members: [JSONValue.Member] { get }
    /// Reads the operation whose name in a file of `version` is `word`, one of `words`.
    ///
    /// - Throws: `JSONError.member` for a missing or mistyped member.
    init(word: String, reading members: inout JSONMembers, version: FormatVersion) throws

    /// What happens to the step's input first; by default nothing.
    var preActivation: PreActivation { get }
    /// What is applied to the results; by default nothing.
    var activation: Activation { get }
    /// How many leading channels of the step's output, all of them written before, the results are added to; `nil`, the
    /// default, where the results are channels of their own.
    var accumulatedChannels: Int? { get }
    /// Names of the values that are read besides the step's input, in as many leading channels; by default none.
    var otherInputs: [String] { get }

    /// Checks what `outputShape`, `tensors` and `cost` rely on. The pre-activation has been checked.
    ///
    /// - Throws: `ModelFormatError.step` for a broken rule.
    func check(_ operand: PlaneShape, _ rules: StepRules) throws
    /// The shape that is written.
    ///
    /// - Precondition: `check` has accepted the operand.
    func outputShape(of operand: PlaneShape) -> PlaneShape
    /// The tensors that are read, besides those of the pre-activation.
    ///
    /// - Precondition: as for `outputShape`.
    func tensors(of operand: PlaneShape) -> [OperationTensor]
    /// What one run costs.
    ///
    /// - Precondition: as for `outputShape`.
    func cost(of operand: PlaneShape) -> OperationCost
    /// What is read and summed where values and weights are bytes; `nil`, the default, where it cannot be computed so.
    ///
    /// - Precondition: as for `outputShape`.
    func quantized(_ operand: PlaneShape) -> QuantizedOperation?
}

extension Operation {
    /// The first of `words`.
    public var word: String { Self.words[0] }
    /// Nothing.
    public var preActivation: PreActivation { PreActivation() }
    /// Nothing.
    public var activation: Activation { .none }
    /// Channels of their own.
    public var accumulatedChannels: Int? { nil }
    /// None.
    public var otherInputs: [String] { [] }
    /// None.
    public func tensors(of operand: PlaneShape) -> [OperationTensor] { [] }

    /// Not with bytes.
    public func quantized(_ operand: PlaneShape) -> QuantizedOperation? { nil }

    /// Whether `other` is the same operation with the same numbers.
    public func isEqual(to other: any Operation) -> Bool { self == other as? Self }
}

/// A tensor that an operation reads.
public struct OperationTensor: Equatable, Sendable {
    /// What the tensor is for.
    public let role: TensorSpecification.Role
    /// Outermost dimension first, C order.
    public let shape: [Int]

    /// A tensor of the given shape.
    public init(_ role: TensorSpecification.Role, _ shape: [Int]) {
        self.role = role
        self.shape = shape
    }
}

/// What one run of an operation costs. Numbers beyond `Int` are `Int.max`.
public struct OperationCost: Equatable, Sendable {
    /// Multiply-accumulates of convolutions and linear layers.
    public let multiplyAccumulates: Int
    /// Elements that are pooled, added or brought into place for a convolution.
    public let elements: Int

    /// Weights as kernels may keep them, each group's outputs padded to whole vectors.
    public let packedWeights: Int

    /// The products of the given factors, none of them negative; no factors stand for no cost.
    public init(multiplyAccumulates: [Int] = [], elements: [Int] = [], packedWeights: [Int] = []) {
        self.multiplyAccumulates = Self.product(multiplyAccumulates)
        self.elements = Self.product(elements)
        self.packedWeights = Self.product(packedWeights)
    }

    /// A group's outputs, padded to a multiple of the sixteen that the widest kernel computes at once.
    public static func padded(_ outputs: Int) -> Int { (outputs + 15) / 16 * 16 }

    private static func product(_ factors: [Int]) -> Int {
        factors.isEmpty
            ? 0
            : factors.reduce(1) { product, factor in
                let (result, overflow) = product.multipliedReportingOverflow(by: factor)
                return overflow ? .max : result
            }
    }
}

/// The operations that a graph may hold.
enum KnownOperations {
    private static let firstTypes: [any Operation.Type] = [
        Convolution.self, Pooling.self, GlobalAveragePooling.self, Addition.self, Linear.self,
    ]
    private static let types: [any Operation.Type] = firstTypes + [Accumulation.self, SqueezeExcite.self]

    /// Whether the file can hold `operation`.
    static func contains(_ operation: any Operation) -> Bool { types.contains { $0 == type(of: operation) } }

    /// Reads an operation by the step's member `operation`.
    static func read(_ members: inout JSONMembers, version: FormatVersion) throws -> any Operation {
        let word = try members.identifier("operation")
        guard let type = (version > .one ? types : firstTypes).first(where: { $0.words.contains(word) }) else {
            throw members.mismatch("operation", "a known operation", .string(word))
        }
        return try type.init(word: word, reading: &members, version: version)
    }
}
