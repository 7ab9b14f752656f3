import Checkpoint
import TestSupport
import Testing

/// Names that are too long, or made of what takes Swift quadratic time to compare and hash. Safety classes 6 and 12.
@Suite struct NameAttacks {
    @Test(arguments: all) func isRefusedAtOnce(_ attack: Attack) {
        // A hundred times what any of these takes, and a hundredth of what comparing the marks would.
        #expect(threadSeconds { attack.check() } < 1)
    }

    /// Marks in an order that is not the canonical one.
    static func marks(_ count: Int) -> String {
        String(repeating: "\u{301}", count: count / 2) + String(repeating: "\u{323}", count: count / 2)
    }

    /// The start of a name of marks, as errors show it.
    static let shown = marks(400).unicodeScalars.prefix(80).reduce(into: "") { $0.unicodeScalars.append($1) } + "…"

    static func long(_ found: Int, at place: CheckpointLocation) -> CheckpointError {
        .overLimit(.nameBytes, limit: 1024, found: found, at: place)
    }

    static let all = safetensors + zip + stackedPickles + tar

    static let safetensors: [Attack] = [
        header("a tensor's name of marks", #"{"\#(marks(200_000))":{}}"#, at: 10),
        header("a field of marks", #"{"a":{"\#(marks(200_000))":0}}"#, at: 15),
        header("a type of marks", #"{"a":{"dtype":"\#(marks(200_000))"}}"#, at: 23),
        header("a note of marks", #"{"__metadata__":{"é":"\#(marks(200_000))"}}"#, at: 31),
        Attack(
            "a tensor's name in another script",
            TinyCheckpoint.safetensors(header: #"{"重み":{}}"#, data: []), .name(found: "重み", at: place(byte: 8))),
        Attack(
            "a tensor's name of a byte too many",
            TinyCheckpoint.safetensors(header: #"{"\#(String(repeating: "n", count: 1025))":{}}"#, data: []),
            long(1025, at: place(byte: 8))),
    ]

    /// A header with more marks in a row than any script has, in the string at a byte.
    static func header(_ name: String, _ header: String, at byte: Int) -> Attack {
        Attack(
            name, TinyCheckpoint.safetensors(header: header, data: []),
            .safetensors(.syntax("a string with more than 30 combining characters in a row"), at: place(byte: byte)))
    }

    static let zip: [Attack] = [
        entry("an entry's name of marks", marks(30_000)) { long(60_000, at: $0) },
        entry("an entry's name of a byte too many", String(repeating: "n", count: 1025)) { long(1025, at: $0) },
        Attack(
            "a tensor of marks in a zip archive",
            TinyCheckpoint.zip(.training([(marks(200_000), tensor(.storage(key: "1", count: 2)))])).bytes,
            long(400_000, at: place("net/data.pkl"))),
        Attack(
            "a storage of marks in a zip archive",
            TinyCheckpoint.zip(.dict([(.text("a"), tensor(.storage(key: marks(400), count: 2)))])).bytes,
            .name(found: shown, at: place("net/data.pkl", byte: 896))),
    ]

    /// The first entry under another name, which its two headers agree on.
    static func entry(_ what: String, _ name: String, _ error: (CheckpointLocation) -> CheckpointError) -> Attack {
        var zip = TinyCheckpoint.zip
        let start = ZipAttacks.directoryStart + name.utf8.count - zip.entries[0].name.utf8.count
        zip.entries[0].header.name = Array(name.utf8)
        return Attack(what, zip.bytes, error(place(byte: start)))
    }

    static func tensor(_ storage: PythonValue) -> PythonValue { .tensor(storage, shape: [2], strides: [1]) }

    static let stackedPickles: [Attack] = [
        Attack(
            "a tensor of marks in stacked pickles",
            stacked {
                $0.object = .training([(marks(200_000), tensor(.stackedStorage(key: "71", count: 8)))])
                $0.storages.removeLast()
            },
            long(400_000, at: place(byte: 74))),
        Attack(
            "a key of marks in stacked pickles", stacked { $0.keys = .list([.text(marks(200_000))]) },
            long(400_000, at: place(byte: 635))),
    ]

    static func stacked(_ change: (inout StackedWriter) -> Void) -> [UInt8] {
        var stacked = TinyCheckpoint.stacked
        change(&stacked)
        return stacked.bytes
    }

    static let tar: [Attack] = [
        Attack(
            "a member of marks",
            tar { $0.members[0].name = marks(50) },
            .name(found: marks(50), at: place(byte: 0))),
        Attack(
            "a tensor of marks in a tar archive",
            tar { $0.members[1].data = PythonValue.training([(marks(200_000), .persistent(.text("21")))]).pickle },
            long(400_000, at: place("pickle"))),
    ]

    static func tar(_ change: (inout TarWriter) -> Void) -> [UInt8] {
        var tar = TinyCheckpoint.tar
        change(&tar)
        return tar.bytes
    }

    /// PyTorch calls the archive's folder what its user called the file.
    @Test func folderOfAnyLanguage() throws {
        var zip = TinyCheckpoint.zip
        for index in zip.entries.indices {
            zip.entries[index].header.name = Array("модель".utf8) + zip.entries[index].header.name.dropFirst(3)
        }
        #expect(try load(zip.bytes).names == ["weight", "bias", "index"])
    }

    /// Only names are held to the rule: metadata are nobody's key.
    @Test func metadataOfAnyLanguage() throws {
        let metadata = #""__metadata__":{"é":"\#(String(repeating: "説明 ", count: 50_000))"}"#
        let header = #"{\#(metadata),"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#
        var names: [String] = []
        let seconds = try threadSeconds {
            names = try load(TinyCheckpoint.safetensors(header: header, data: [7])).names
        }
        #expect(names == ["a"] && seconds < 1)
    }

    /// As many entries as an archive may have, every name as long as it may be.
    @Test func archiveOfLongNames() throws {
        var zip = TinyCheckpoint.zip
        let folder = Self.marks(502)
        zip.entries += (0..<20_000).map { .init("net/\(folder)\($0)", []) }
        let bytes = zip.bytes
        // Without optimisation only a cost that grows faster than the archive would show.
        let bound: Double = _isDebugAssertConfiguration() ? 60 : 2
        #expect(try threadSeconds { _ = try load(bytes) } < bound)
    }
}
