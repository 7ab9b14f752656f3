/// A storage's data as PyTorch wrote them before 1.6: the number of elements in 64 bits, then the elements.
enum StorageData {
    static func read(_ storage: StorageReference, _ reader: inout ByteReader) throws -> ArraySlice<UInt8> {
        let place = reader.here
        let count = try readCount(storage.key, &reader)
        guard count == storage.count else {
            throw CheckpointError.storage(
                .conflict(key: storage.key, expected: storage.summary, found: "\(count) elements"), at: place)
        }
        return try reader.take(try storage.byteCount(at: place))
    }

    /// The number of elements, which is not negative.
    static func readCount(_ key: String, _ reader: inout ByteReader) throws -> Int {
        let place = reader.here
        let count = Int(try reader.integer(Int64.self))
        guard count >= 0 else {
            throw CheckpointError.storage(.negativeCount(key: key, found: count), at: place)
        }
        return count
    }
}

/// What PyTorch before 1.6 noted about the machine that wrote the file.
enum SystemInfo {
    /// Refuses what a big-endian machine wrote.
    static func check(_ value: PickleValue, _ heap: PickleHeap, at place: CheckpointLocation) throws {
        guard case .mapping(let id) = value else {
            throw CheckpointError.pickle(
                .header(part: "system information", expected: "a dictionary", found: value.kind), at: place)
        }
        for case (.text(let key), .boolean(false)) in heap[id] where key.equals("little_endian") {
            throw CheckpointError.pickle(.bigEndian, at: place)
        }
    }
}

extension StorageReference {
    /// Type and length, for errors.
    var summary: String { "\(count) elements of \(scalar.name)" }
}
