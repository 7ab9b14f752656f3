extension ArraySlice<UInt8> {
    /// The text that these bytes are, as the name of a tensor, a storage, a type or a member of an archive.
    ///
    /// A name is printable ASCII of bounded length. No other text from a file is hashed, or compared with text from a
    /// file: Swift does that under Unicode's canonical equivalence, in time quadratic in the length of a run of combining
    /// characters.
    ///
    /// - Throws: `CheckpointError.overLimit` or `.name`.
    func name(limits: CheckpointLimits, at place: CheckpointLocation) throws -> String {
        guard count <= limits.nameBytes else {
            throw CheckpointError.overLimit(.nameBytes, limit: limits.nameBytes, found: count, at: place)
        }
        guard allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw CheckpointError.name(found: printable(self), at: place)
        }
        return String(decoding: self, as: UTF8.self)
    }
}
