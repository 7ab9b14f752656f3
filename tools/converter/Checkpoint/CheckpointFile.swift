import Foundations

/// Reads a checkpoint's bytes.
///
/// The file is read, not mapped: it may shrink or vanish afterwards, and nothing that was proven about its bytes
/// changes.
public enum CheckpointFile {
    /// All bytes of the regular file at `path`.
    ///
    /// - Throws: `FileError`; `MemoryError`; ``CheckpointError/overLimit(_:limit:found:at:)``, before any memory is taken,
    ///   for a file that is too large.
    public static func read(path: String, limits: CheckpointLimits = .default) throws -> [UInt8] {
        do {
            return try FileInput.bytes(path, limit: limits.fileBytes)
        } catch FileError.tooLarge(_, let found, let limit) {
            throw CheckpointError.overLimit(
                .fileBytes, limit: limit, found: found, at: CheckpointLocation(file: path))
        }
    }
}
