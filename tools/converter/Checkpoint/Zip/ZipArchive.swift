/// The entries of a zip archive, each proven to lie apart from the others and from the directory.
///
/// Source: PKWARE's APPNOTE 6.3. Stored and deflated entries of one volume, with or without the 64-bit fields.
struct ZipArchive {
    private let bytes: ArraySlice<UInt8>
    private let place: CheckpointLocation
    /// The entries in the directory's order.
    let entries: [ZipEntry]
    private let index: [[UInt8]: Int]

    init(_ bytes: ArraySlice<UInt8>, at place: CheckpointLocation, limits: CheckpointLimits) throws {
        self.bytes = bytes
        self.place = place
        entries = try ZipDirectory(bytes, at: place, limits: limits).entries()
        index = try Self.index(entries, place)
        try Self.checkOverlaps(entries, place)
        try Self.checkInflation(entries, fileBytes: bytes.count, place, limits)
    }

    /// The entry of this name.
    func entry(_ name: String) -> ZipEntry? { index[Array(name.utf8)].map { entries[$0] } }

    /// The data of an entry, expanded if need be, with the checksum that the directory promises.
    func contents(of entry: ZipEntry) throws -> ArraySlice<UInt8> {
        let data = bytes[(bytes.startIndex + entry.data.lowerBound)..<(bytes.startIndex + entry.data.upperBound)]
        let place = place.entry(entry.name)
        let contents =
            switch entry.method {
            case .stored: data
            case .deflated: try inflate(data, size: entry.size, at: place)
            }
        let found = crc32(contents)
        guard found == entry.checksum else {
            throw CheckpointError.zip(.checksum(expected: entry.checksum, found: found), at: place)
        }
        return contents
    }

    private static func index(_ entries: [ZipEntry], _ place: CheckpointLocation) throws -> [[UInt8]: Int] {
        var index: [[UInt8]: Int] = [:]
        for (position, entry) in entries.enumerated() {
            guard index.updateValue(position, forKey: Array(entry.name.utf8)) == nil else {
                throw CheckpointError.zip(.duplicateName(entry.name), at: place)
            }
        }
        return index
    }

    private static func checkOverlaps(_ entries: [ZipEntry], _ place: CheckpointLocation) throws {
        let sorted = entries.sorted { $0.headerOffset < $1.headerOffset }
        for (first, second) in zip(sorted, sorted.dropFirst())
        where first.extent.upperBound > second.extent.lowerBound {
            throw CheckpointError.zip(.overlap(with: first.name), at: place.entry(second.name))
        }
    }

    /// Refuses an archive that promises to expand to far more than itself, before anything is expanded.
    private static func checkInflation(
        _ entries: [ZipEntry], fileBytes: Int, _ place: CheckpointLocation, _ limits: CheckpointLimits
    ) throws {
        let allowed = min(CheckpointLimits.allowance(fileBytes, times: limits.inflationRatio), limits.fileBytes)
        var total = 0
        for entry in entries where entry.method == .deflated {
            let (sum, overflow) = total.addingReportingOverflow(entry.size)
            total = overflow ? .max : sum
            guard total <= allowed else {
                throw CheckpointError.overLimit(
                    .inflatedBytes, limit: allowed, found: total, at: place.entry(entry.name))
            }
        }
    }
}
