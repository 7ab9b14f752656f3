import Checkpoint
import ModelFormat

/// A checkpoint turned into a model file, not yet written, whatever network it holds.
public protocol FinishedConversion {
    /// The model file's description.
    var description: ModelDescription { get }
    /// The model file.
    var bytes: [UInt8] { get }
    /// Where the preprocessing comes from.
    var preprocessing: PreprocessingOptions.Resolution { get }
    /// What was assumed and may be wrong, a line each.
    var warnings: [String] { get }
    /// What was left out, a line each.
    var remarks: [String] { get }

    /// Compares the model file, as the runtime computes it, with the source network as the checkpoint holds it: every
    /// layer, on the first sample inputs.
    ///
    /// - Parameter inputs: how many, at least one.
    /// - Throws: `ModelFormatError` or `RuntimeError` when the file cannot be run here, `ConversionError`.
    func verify(inputs: Int) throws -> Verification
}

extension FinishedConversion {
    /// Compares every layer on two sample inputs; see `verify(inputs:)`.
    public func verify() throws -> Verification { try verify(inputs: 2) }
}

/// Reads the checkpoint at `path` and converts it in memory: a network of the CondenseNet family, or one that these are
/// compared with, as the names of its tensors tell.
///
/// - Throws: `CheckpointError`, `ConversionError`, `ModelFormatError`.
public func convert(path: String, options: Conversion.Options) throws -> any FinishedConversion {
    let file = try CheckpointFile.read(path: path)
    let checkpoint = try Checkpoint.trained(file, name: path)
    guard let family = ComparisonNetwork.family(of: checkpoint) else {
        return try Conversion(checkpoint, file: file, name: path, options: options)
    }
    return try ComparisonConversion(family, checkpoint, file: file, name: path, options: options)
}

extension Checkpoint {
    /// A checkpoint read from `file`, which errors call `name`.
    ///
    /// - Throws: `CheckpointError`; `ConversionError.problems` for a model file, whose tensors are none of training's.
    static func trained(_ file: [UInt8], name: String) throws -> Checkpoint {
        let checkpoint = try load(bytes: file, name: name)
        guard checkpoint.format != "condensenet" else { throw ConversionError.problems([.modelFile]) }
        return checkpoint
    }
}
