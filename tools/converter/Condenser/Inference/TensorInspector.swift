import Checkpoint
import ModelFormat

/// Looks up the tensors that a network needs, checks each one's shape and numbers, and keeps every problem.
///
/// With a hundred problems it gives up: every look-up then throws `ConversionError.problems`.
struct TensorInspector {
    /// The number of problems after which no tensor is looked at any more.
    static let problemLimit = 100

    /// What a tensor's numbers have to satisfy.
    enum Content {
        /// Finite.
        case real
        /// Finite and not negative.
        case variance
        /// 0 or 1.
        case mask
    }

    let checkpoint: Checkpoint
    private(set) var problems: [CheckpointProblem] = []
    private var known: Set<String> = []

    init(_ checkpoint: Checkpoint) { self.checkpoint = checkpoint }

    mutating func report(_ problem: CheckpointProblem) { problems.append(problem) }

    /// The shape of tensor `name` where it is as expected; its numbers are checked, too.
    ///
    /// - Parameter shape: one number for each dimension; `nil` allows any that is positive.
    /// - Throws: `CheckpointError` when the checkpoint's data cannot be read; `ConversionError.problems`.
    @discardableResult
    mutating func shape(_ name: String, _ shape: [Int?], _ content: Content = .real) throws -> [Int]? {
        guard let tensor = try tensor(name, shape) else { return nil }
        _ = try sound(tensor, name, content)
        return tensor.shape
    }

    /// The numbers of tensor `name` where its shape is as expected and they are sound.
    ///
    /// - Throws: `CheckpointError` when the checkpoint's data cannot be read; `ConversionError.problems`.
    mutating func numbers(_ name: String, _ shape: [Int?], _ content: Content = .real) throws -> [Float]? {
        guard let tensor = try tensor(name, shape) else { return nil }
        return try sound(tensor, name, content)
    }

    /// The one number in tensor `name`, which may have one dimension or none.
    ///
    /// - Throws: `CheckpointError` when the checkpoint's data cannot be read; `ConversionError.problems`.
    mutating func scalar(_ name: String) throws -> Float? {
        try numbers(name, checkpoint[name]?.shape == [] ? [] : [1])?.first
    }

    /// The indices in tensor `name`, of any positive count.
    ///
    /// - Parameter bound: each index has to be below it; `nil` where the bound is not known.
    /// - Throws: `CheckpointError` when the checkpoint's data cannot be read; `ConversionError.problems`.
    mutating func indices(_ name: String, below bound: Int?) throws -> [Int]? {
        guard let tensor = try tensor(name, [nil]) else { return nil }
        guard tensor.elementType.isInteger else {
            report(.notIntegers(tensor: name, found: tensor.elementType.rawValue))
            return nil
        }
        let indices = try tensor.integers().map(Int.init)
        if let bound, let position = indices.firstIndex(where: { $0 < 0 || $0 >= bound }) {
            report(
                .value(
                    tensor: name, position: position, expected: "indices from 0 to \(bound - 1)",
                    found: "\(indices[position])"))
            return nil
        }
        return indices
    }

    /// Checks the four tensors of a batch norm; the count of batches that it has seen is of no use.
    ///
    /// - Throws: `CheckpointError` when the checkpoint's data cannot be read; `ConversionError.problems`.
    mutating func batchNorm(_ name: String, channels: Int?) throws {
        try shape("\(name).weight", [channels])
        try shape("\(name).bias", [channels])
        try shape("\(name).running_mean", [channels])
        try shape("\(name).running_var", [channels], .variance)
        known.insert("\(name).num_batches_tracked")
    }

    /// Reports an index that names a channel twice for one group: a condensed group never does, but an index that was
    /// never loaded is all zeros.
    ///
    /// - Parameter share: indices of each group.
    mutating func checkRepeats(_ indices: [Int], in name: String, share: Int) {
        var start = 0
        while start < indices.count {
            var seen: Set<Int> = []
            for position in start..<min(start + share, indices.count) where !seen.insert(indices[position]).inserted {
                return report(
                    .repeatedIndex(
                        tensor: name, position: position, channel: indices[position],
                        isEmpty: indices.allSatisfy { $0 == 0 }))
            }
            start += share
        }
    }

    /// Keeps tensors from being reported as unexpected.
    mutating func expect(_ names: [String]) { known.formUnion(names) }

    /// Reports every tensor that was never asked for.
    mutating func reportUnexpected() {
        for name in checkpoint.names.sorted() where !known.contains(name) { report(.unexpected(tensor: name)) }
    }

    private mutating func tensor(_ name: String, _ shape: [Int?]) throws -> CheckpointTensor? {
        guard problems.count < Self.problemLimit else { throw ConversionError.problems(problems) }
        known.insert(name)
        guard let tensor = checkpoint[name] else {
            report(.missing(tensor: name))
            return nil
        }
        let fits =
            tensor.shape.count == shape.count
            && zip(tensor.shape, shape).allSatisfy { found, expected in
                expected.map { found == $0 } ?? (1...FormatLimits.channels).contains(found)
            }
        guard fits else {
            let expected = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
            report(.shape(tensor: name, expected: "[\(expected)]", found: tensor.shape))
            return nil
        }
        return tensor
    }

    private mutating func sound(_ tensor: CheckpointTensor, _ name: String, _ content: Content) throws -> [Float]? {
        let numbers = try tensor.floats()
        if let position = numbers.firstIndex(where: { !$0.isFinite }) {
            report(.notFinite(tensor: name, position: position, found: numbers[position]))
            return nil
        }
        switch content {
        case .real: break
        case .variance:
            if let position = numbers.firstIndex(where: { $0 < 0 }) {
                report(.negativeVariance(tensor: name, position: position, found: numbers[position]))
                return nil
            }
        case .mask:
            if let position = numbers.firstIndex(where: { $0 != 0 && $0 != 1 }) {
                if numbers.allSatisfy({ $0 >= 0 && $0 <= 1.0001 }), numbers.count(where: { $0 > 0 && $0 < 1 }) > 2 {
                    report(.averagedMask(tensor: name, found: numbers[position]))
                    return nil
                }
                report(
                    .value(tensor: name, position: position, expected: "0 or 1", found: "\(numbers[position])"))
                return nil
            }
        }
        return numbers
    }
}
