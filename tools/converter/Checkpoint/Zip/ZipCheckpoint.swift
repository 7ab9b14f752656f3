/// The container of PyTorch 1.6 and later: a zip archive of `NAME/data.pkl` and, for each storage, `NAME/data/KEY`.
///
/// Source: `torch/serialization.py`, `_save` and `_load`.
enum ZipCheckpoint {
    static func load(
        _ bytes: ArraySlice<UInt8>, at place: CheckpointLocation, limits: CheckpointLimits
    ) throws -> StateDict.Resolved {
        let archive = try ZipArchive(bytes, at: place, limits: limits)
        let pickle = try pickleEntry(of: archive, at: place)
        let root = pickle.name.dropLast("data.pkl".count)
        try checkByteOrder(archive, root, place)

        var machine = PickleMachine(limits: limits, at: place) { id, heap, place in
            try PersistentStorage.load(id, &heap, hasView: false, limits: limits, at: place)
        }
        var reader = ByteReader(try archive.contents(of: pickle), at: place.entry(pickle.name))
        let object = try machine.load(from: &reader)
        try reader.expectEnd()

        let state = try StateDictSearch.find(in: object, of: machine.heap, limits: limits, at: place.entry(pickle.name))
        return try state.resolve(limits: limits, at: place) { storage in
            guard let entry = archive.entry("\(root)data/\(storage.key)") else { return nil }
            return try archive.contents(of: entry)
        }
    }

    /// The one entry `data.pkl`, in the archive's only folder or at its top.
    private static func pickleEntry(of archive: ZipArchive, at place: CheckpointLocation) throws -> ZipEntry {
        let found = archive.entries.filter { entry in
            let parts = entry.name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            return parts.count <= 2 && parts.last!.elementsEqual("data.pkl".utf8)
        }
        guard found.count == 1 else {
            throw CheckpointError.zip(.pickleEntry(found: found.map(\.name)), at: place)
        }
        return found[0]
    }

    private static func checkByteOrder(
        _ archive: ZipArchive, _ root: some StringProtocol, _ place: CheckpointLocation
    ) throws {
        guard let entry = archive.entry("\(root)byteorder") else { return }
        let order = try archive.contents(of: entry)
        guard order.equals("little") else {
            throw CheckpointError.zip(.byteOrder(found: printable(order)), at: place.entry(entry.name))
        }
    }
}
