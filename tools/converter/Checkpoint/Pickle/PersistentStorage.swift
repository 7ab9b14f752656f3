/// The persistent ids by which zip files and stacked pickles refer to storages.
enum PersistentStorage {
    /// Reads `('storage', class, key, location, count)`, with a sixth part where `hasView` says so: `None`, or
    /// `(key, offset, count)` of a storage within the storage.
    static func load(
        _ id: PickleValue, _ heap: inout PickleHeap, hasView: Bool, limits: CheckpointLimits,
        at place: CheckpointLocation
    ) throws -> PickleValue {
        func mismatch(_ expected: String, _ found: PickleValue) -> CheckpointError {
            .pickle(.persistentID(expected: expected, found: found.kind), at: place)
        }
        guard let parts = heap.tuple(id), parts.count == (hasView ? 6 : 5) else {
            throw mismatch("a tuple of \(hasView ? 6 : 5)", id)
        }
        guard case .text(let kind) = parts[0], kind.equals("storage") else { throw mismatch("'storage'", parts[0]) }
        guard case .global(let global) = parts[1], case .storageClass(let scalar) = global.role else {
            throw mismatch("a storage class", parts[1])
        }
        guard case .text(let key) = parts[2] else { throw mismatch("a key", parts[2]) }
        guard case .integer(let count) = parts[4] else { throw mismatch("a number of elements", parts[4]) }

        var storage = StorageReference(
            scalar: scalar, key: try key.name(limits: limits, at: place), count: count)
        guard count >= 0 else {
            throw CheckpointError.storage(.negativeCount(key: storage.key, found: count), at: place)
        }
        if hasView, let view = heap.tuple(parts[5]) {
            guard view.count == 3, case .integer(let offset) = view[1], case .integer(let count) = view[2] else {
                throw mismatch("a view's key, offset and count", parts[5])
            }
            storage = try storage.view(offset: offset, count: count, at: place)
        } else if hasView, case .none = parts[5] {
        } else if hasView {
            throw mismatch("None or a view", parts[5])
        }
        return .storage(heap.makeStorage(storage))
    }
}
