/// The container of PyTorch 1.6 and later: a zip archive of `NAME/data.pkl` and, for each storage, `NAME/data/KEY`.
///
/// Source: `torch/serialization.py`, `_save` and `_load`.
enum ZipCheckpoint {
    static func load(
        _ bytes: ArraySlice<UInt8>, at place: CheckpointLocation, limits: CheckpointLimits, weights: String?
    ) throws -> StateDict.Resolved {
        let archive = try ZipArchive(bytes, at: place, limits: limits)
        if let inner = try onlyCheckpoint(in: archive, at: place) {
            let bytes = Array(try archive.contents(of: inner))
            return try Checkpoint.read(bytes, at: place.entry(inner.name), limits: limits, weights: weights).state
        }
        let pickle = try pickleEntry(of: archive, at: place)
        let root = pickle.name.dropLast("data.pkl".count)
        try checkByteOrder(archive, root, place)

        var machine = PickleMachine(limits: limits, at: place) { id, heap, place in
            try PersistentStorage.load(id, &heap, hasView: false, limits: limits, at: place)
        }
        var reader = ByteReader(try archive.contents(of: pickle), at: place.entry(pickle.name))
        let object = try machine.load(from: &reader)
        try reader.expectEnd()

        let state = try StateDictSearch.find(
            in: object, of: machine.heap, weights: weights, limits: limits, at: place.entry(pickle.name))
        return try state.resolve(limits: limits, at: place) { storage in
            guard let entry = archive.entry("\(root)data/\(storage.key)") else { return nil }
            return try archive.contents(of: entry)
        }
    }

    /// The checkpoint in an archive that holds nothing else, as some are published; `nil` where the archive is PyTorch's own.
    ///
    /// - Throws: ``CheckpointError/unknownContainer(found:at:)`` for archives of other tools.
    private static func onlyCheckpoint(in archive: ZipArchive, at place: CheckpointLocation) throws -> ZipEntry? {
        func foreign(_ found: String) -> CheckpointError { .unknownContainer(found: found, at: place) }
        func ends(_ entry: ZipEntry, _ suffix: StaticString) -> Bool {
            suffix.withUTF8Buffer { entry.name.utf8.suffix($0.count).elementsEqual($0) }
        }
        let entries = archive.entries
        if entries.contains(where: { ends($0, "/constants.pkl") }),
            entries.contains(where: { $0.name.contains("/code/") })
        {
            throw foreign("TorchScript: load it in Python and save its state_dict() by torch.save")
        }
        guard entries.count < 16 || entries.allSatisfy({ ends($0, ".npy") }),
            !entries.contains(where: { ends($0, "data.pkl") })
        else { return nil }
        if !entries.isEmpty, entries.allSatisfy({ ends($0, ".npy") }) {
            throw foreign("a NumPy archive (.npz): load it in Python and save its arrays as tensors by torch.save")
        }
        let files = entries.filter { !$0.name.hasSuffix("/") && !$0.name.hasPrefix("__MACOSX/") }
        // An archive in an archive in an archive is nobody's checkpoint.
        let suffixes = [".pth", ".pt", ".tar", ".ckpt", ".bin", ".safetensors"]
        guard files.count == 1, place.entry == nil, suffixes.contains(where: { files[0].name.hasSuffix($0) }) else {
            return nil
        }
        return files[0]
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
