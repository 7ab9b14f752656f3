/// A storage as a pickle mentions it: nothing of it has been looked for yet.
struct StorageReference: Equatable, Sendable {
    /// The type of its elements.
    let scalar: ScalarType
    /// The name under which the file holds the data.
    let key: String
    /// Elements of the whole storage.
    let count: Int
    /// Elements before the part that is meant, for the storages within storages that PyTorch had before 0.4.
    var viewOffset = 0
    /// Elements of the part that is meant.
    var viewCount: Int

    init(scalar: ScalarType, key: String, count: Int) {
        self.scalar = scalar
        self.key = key
        self.count = count
        viewCount = count
    }

    /// Bytes of the whole storage. The count is not negative.
    func byteCount(at place: CheckpointLocation) throws -> Int {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: scalar.size)
        guard !overflow else {
            throw CheckpointError.storage(
                .sizeOverflow(key: key, count: count, elementSize: scalar.size), at: place)
        }
        return bytes
    }

    /// The part of this storage that starts `offset` elements in and is `count` elements long.
    func view(offset: Int, count: Int, at place: CheckpointLocation) throws -> StorageReference {
        let (end, overflow) = offset.addingReportingOverflow(count)
        guard offset >= 0, count >= 0, !overflow, end <= viewCount else {
            throw CheckpointError.storage(
                .viewOutOfRange(key: key, offset: offset, count: count, available: viewCount), at: place)
        }
        var view = self
        view.viewOffset += offset
        view.viewCount = count
        return view
    }
}

/// A tensor as a pickle describes it: nothing about it has been proven yet.
struct TensorReference: Sendable {
    /// Where its elements are; `nil` where it never had any.
    let storage: StorageReference?
    /// The type of its elements.
    let scalar: ScalarType
    /// Elements of the storage before the tensor's first.
    let offset: Int
    /// Dimensions, outermost first.
    let shape: [Int]
    /// For each dimension, how many elements of the storage lie between neighbours.
    let strides: [Int]
}
