import Foundations

/// Reads a data set's files.
enum DatasetFile {
    /// The content of the file at `path`, inflated if it is compressed with gzip.
    ///
    /// - Parameter wanted: how many bytes of content can be used; see `GzipFile.read`.
    /// - Throws: `DatasetError` when the file is missing, damaged, too large, or beyond memory.
    static func read(_ path: String, wanted: (UnsafeRawBufferPointer) -> Int = { _ in .max }) throws -> Storage {
        do {
            return try GzipFile.read(path, limit: 1 << 30, wanted: wanted)
        } catch let error as any CategorizedError {
            throw DatasetError.file(path: path, cause: error)
        }
    }
}
