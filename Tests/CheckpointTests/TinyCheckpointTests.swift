import Checkpoint
import Testing

/// The unharmed files that the attacks start from, and harmless variations of them.
@Suite struct TinyCheckpointTests {
    @Test(arguments: TinyCheckpoint.all) func loads(_ container: Checkpoint.Container, _ bytes: [UInt8]) throws {
        let checkpoint = try load(bytes)
        #expect(checkpoint.container == container)
        #expect(checkpoint.names == ["weight", "bias", "index"])
        let weight = try #require(checkpoint["weight"])
        #expect(weight.shape == [2, 3])
        #expect(weight.elementType == .float32)
        #expect(try weight.floats() == TinyCheckpoint.weight)
        #expect(try #require(checkpoint["bias"]).floats() == TinyCheckpoint.bias)
        #expect(try #require(checkpoint["index"]).integers() == TinyCheckpoint.index)
        #expect(checkpoint["nothing"] == nil)
        #expect(
            checkpoint.remarks
                == (container == .safetensors ? [] : ["ignored beside the state dict: epoch, best_prec1"]))
    }

    @Test func realNumbersAreNoIntegers() throws {
        let weight = try #require(try load(TinyCheckpoint.zip.bytes)["weight"])
        #expect(throws: CheckpointError.notIntegers(found: .float32, at: place(tensor: "weight"))) {
            try weight.integers()
        }
    }

    // MARK: Zip

    @Test func zip64() throws {
        var zip = TinyCheckpoint.zip
        zip.isZip64 = true
        zip.tamperEnd = { $0.entries = .max }
        for index in zip.entries.indices {
            let size = zip.entries[index].data.count
            zip.entries[index].header.size = .max
            zip.entries[index].header.compressedSize = .max
            zip.entries[index].header.extra =
                [0x46, 0x42, 2, 0, 0x5A, 0x5A] + [1, 0, 16, 0] + bytes([Int64(size), Int64(size)])
        }
        try expectTiny(zip.bytes)
    }

    @Test func sizesAfterTheData() throws {
        var zip = TinyCheckpoint.zip
        for index in zip.entries.indices {
            zip.entries[index].header.flags = 2056
            zip.entries[index].tamperLocal = {
                $0.checksum = 0
                $0.size = 0
                $0.compressedSize = 0
            }
        }
        zip.gap = [0x50, 0x4B, 7, 8] + [UInt8](repeating: 0, count: 12)
        try expectTiny(zip.bytes)
    }

    /// As PyTorch reads it, whatever was appended.
    @Test(arguments: [[0], [10], Array("<!-- served by a proxy -->".utf8), [UInt8](repeating: 255, count: 65_535)])
    func bytesAfterTheArchive(tail: [UInt8]) throws {
        let whole = try load(TinyCheckpoint.zip.bytes)
        let checkpoint = try load(TinyCheckpoint.zip.bytes + tail)
        #expect(checkpoint.names == whole.names)
        #expect(try checkpoint["weight"]?.floats() == TinyCheckpoint.weight)
    }

    @Test func archiveComment() throws {
        var zip = TinyCheckpoint.zip
        zip.tamperEnd = { $0.comment = Array("PK\u{5}\u{6} is only a comment, and so is this one".utf8) }
        try expectTiny(zip.bytes)
    }

    @Test func deflatedEntries() throws {
        var zip = TinyCheckpoint.zip
        zip.entries = zip.entries.map { .init($0.name, deflated: Deflate.stored($0.data), of: $0.data) }
        try expectTiny(zip.bytes)
    }

    /// An entry that nothing asks for is not expanded, so that its damage goes unseen.
    @Test func passengersAreNotRead() throws {
        var zip = TinyCheckpoint.zip
        var passenger = ZipWriter.Entry("net/data/7", deflated: [0xFF, 0xFF], of: [1, 2, 3])
        passenger.header.checksum = 0
        zip.entries.append(passenger)
        try expectTiny(zip.bytes)
    }

    // MARK: Pickles

    /// Each step doubles the object: 2¹⁰⁰⁰⁰⁰ leaves, were it ever copied.
    @Test(.timeLimit(.minutes(10))) func memoDoubling() throws {
        var opcodes: [UInt8] = Array("](NNe".utf8) + [0x71, 0]
        for _ in 0..<60 { opcodes += [0x68, 0, 0x86, 0x71, 0] }
        for _ in 0..<100_000 { opcodes += [0x30, 0x5D, 0x68, 0, 0x61] }
        let object = PythonValue.dict([
            (.text("bomb"), .opcodes(opcodes)),
            (.text("weight"), .tensor(.storage(key: "0", count: 6), shape: [2, 3], strides: [3, 1])),
        ])
        #expect(try load(TinyCheckpoint.zip(object).bytes).names == ["weight"])
    }

    /// One list of pairs made into a dictionary again and again counts for its length each time.
    @Test(.timeLimit(.minutes(10))) func dictionaryCopies() {
        var opcodes: [UInt8] = [0x80, 2] + Array("](".utf8)
        for _ in 0..<100_000 { opcodes += [0x4E, 0x4E, 0x86] }
        opcodes += joined(Array("e".utf8), [0x71, 0], Array("ccollections\nOrderedDict\n".utf8), [0x71, 1])
        for _ in 0..<100_000 { opcodes += [0x68, 1, 0x68, 0, 0x85, 0x52, 0x30] }
        #expect(
            throws: CheckpointError.overLimit(
                .pickleOpcodes, limit: 1_000_000, found: 1_000_041, at: place("net/data.pkl", byte: 300_081))
        ) { try load(TinyCheckpoint.zip(pickle: opcodes).bytes) }
    }

    /// One storage of a long name, mentioned again and again, and one tensor of 64 dimensions, made again and again: a file
    /// of a megabyte would take hundreds in memory.
    @Test(.timeLimit(.minutes(10))) func copiesOfNamesAndShapes() {
        func integer(_ value: UInt8) -> [UInt8] { [0x4B, value] }
        func storage(_ key: [UInt8]) -> [UInt8] {
            joined(
                [0x28, 0x58, 7, 0, 0, 0], Array("storage".utf8), Array("ctorch\nFloatStorage\n".utf8),
                [0x58, UInt8(key.count & 0xFF), UInt8(key.count >> 8), 0, 0], key, [0x58, 0, 0, 0, 0], integer(1),
                [0x74])
        }
        func isRefused(_ opcodes: [UInt8]) -> Bool {
            do {
                _ = try load(TinyCheckpoint.zip(pickle: opcodes).bytes)
            } catch CheckpointError.overLimit(.pickleOpcodes, 1_000_000, 1_000_001..., _) {
                return true
            } catch {}
            return false
        }
        var names = joined([0x80, 2], storage([UInt8](repeating: 0x6B, count: 1024)), [0x71, 0])
        for _ in 0..<10_000 { names += [0x68, 0, 0x51] }
        #expect(isRefused(names))

        var shapes = joined([0x80, 2], storage([0x30]), [0x51, 0x71, 0])
        shapes += joined([0x28], (0..<64).flatMap { _ in integer(1) }, [0x74, 0x71, 1])
        shapes += Array("ctorch._utils\n_rebuild_tensor\n".utf8) + [0x71, 2]
        shapes += joined([0x28, 0x68, 0], integer(0), [0x68, 1, 0x68, 1, 0x74, 0x71, 3])
        for _ in 0..<10_000 { shapes += [0x68, 2, 0x68, 3, 0x52] }
        #expect(isRefused(shapes))
    }

    /// Python 2 wrote an `OrderedDict` as its class and a list of pairs.
    @Test func orderedDictOfPython2() throws {
        let tensor = PythonValue.tensor(.storage(key: "0", count: 6), shape: [6], strides: [1])
        let pair = PythonValue.list([.opcodes([0x55, 1, UInt8(ascii: "w")]), tensor])
        let state = PythonValue.reduce(.global("collections", "OrderedDict"), [.list([pair])])
        #expect(try load(TinyCheckpoint.zip(state).bytes).names == ["w"])
    }

    /// The same tensor by the text opcodes of protocol 0, in a tar archive, where persistent ids are text.
    @Test func protocol0() throws {
        var tar = TinyCheckpoint.tar
        tar.members[1].data = Array("(dp0\nS'we\\x69ght'\np1\nP21\nsV\\u00e9t\u{00e9}\np2\nF1.5\nsS\"n\"\nI01\ns.".utf8)
        let checkpoint = try load(tar.bytes)
        #expect(checkpoint.names == ["weight"])
        #expect(checkpoint.remarks == ["ignored in the state dict, being no tensors: étÃ©, n"])
    }

    /// Protocol 4 as Python writes it: a frame, memoized text, a global from the stack, an empty set.
    @Test func protocol4() throws {
        func text(_ text: String) -> [UInt8] { joined([0x8C, UInt8(text.utf8.count)], Array(text.utf8), [0x94]) }
        var body = joined(Array("}".utf8), [0x94], Array("(".utf8))
        body += text("set") + [0x8F, 0x94, 0x28, 0x4B, 1, 0x90]
        body += joined(text("w"), text("torch._utils"), text("_rebuild_tensor_v2"), [0x93, 0x94, 0x28, 0x28])
        body += joined(text("storage"), text("torch"), text("FloatStorage"), [0x93, 0x94])
        body += joined(
            text("0"), text("cpu"), [0x4B, 6, 0x74, 0x94, 0x51, 0x4B, 0, 0x4B, 6, 0x85, 0x4B, 1, 0x85, 0x89])
        body += joined(text("collections"), text("OrderedDict"), [0x93, 0x29, 0x52, 0x74, 0x52], Array("u.".utf8))
        let pickle = joined([0x80, 4, 0x95], littleEndian(UInt64(body.count)), body)
        #expect(try load(TinyCheckpoint.zip(pickle: pickle).bytes).names == ["w"])
    }

    // MARK: State dicts

    @Test(arguments: ["state_dict", "model_state_dict", "model", "net", "something of a fork's own"])
    func keys(_ key: String) throws {
        let tensor = PythonValue.tensor(.storage(key: "0", count: 6), shape: [6], strides: [1])
        let object = PythonValue.dict([
            (.text("epoch"), .int(3)), (.text("best"), tensor), (.text(key), .dict([(.text("w"), tensor)])),
            (.text("optimizer"), .dict([(.text("state"), .dict([(.int(0), tensor)])), (.text("lr"), .int(1))])),
        ])
        let checkpoint = try load(TinyCheckpoint.zip(object).bytes)
        #expect(checkpoint.names == ["w"])
        #expect(checkpoint.remarks == ["ignored beside the state dict: epoch, best, optimizer"])
    }

    @Test func stateDictInsideAnother() throws {
        let tensor = PythonValue.tensor(.storage(key: "0", count: 6), shape: [6], strides: [1])
        let inner = PythonValue.training([("module.w", tensor), ("module.v", tensor)])
        let checkpoint = try load(TinyCheckpoint.zip(.dict([(.text("model"), inner), (.text("lr"), .int(1))])).bytes)
        #expect(checkpoint.names == ["w", "v"])
    }

    /// `module.` goes only where every name has it.
    @Test func mixedPrefixes() throws {
        let tensor = PythonValue.tensor(.storage(key: "0", count: 6), shape: [6], strides: [1])
        #expect(
            try load(TinyCheckpoint.zip(.training([("module.w", tensor), ("v", tensor)])).bytes).names
                == ["module.w", "v"])
    }

    /// What wrappers put before every name is left out, however many there are.
    @Test(arguments: [
        (["_orig_mod.w", "_orig_mod.v"], ["w", "v"]), (["module._orig_mod.w", "module._orig_mod.v"], ["w", "v"]),
        (["_orig_mod.module.w", "_orig_mod.module.v"], ["w", "v"]), (["model.w", "model.v"], ["w", "v"]),
        (["model.model.w", "model.v"], ["model.w", "v"]), (["module.w", "model.v"], ["module.w", "model.v"]),
        (["model.0.w", "model.1.v"], ["model.0.w", "model.1.v"]), (["model.", "model.v"], ["model.", "model.v"]),
        (["model.model."], ["model."]),
    ])
    func wrappersPrefixes(_ names: [String], _ expected: [String]) throws {
        let tensor = PythonValue.tensor(.storage(key: "0", count: 6), shape: [6], strides: [1])
        let bytes = TinyCheckpoint.zip(.training(names.map { ($0, tensor) })).bytes
        #expect(try load(bytes).names == expected)
    }

    private func expectTiny(_ bytes: [UInt8]) throws {
        let checkpoint = try load(bytes)
        #expect(checkpoint.names == ["weight", "bias", "index"])
        #expect(try #require(checkpoint["weight"]).floats() == TinyCheckpoint.weight)
        #expect(try #require(checkpoint["index"]).integers() == TinyCheckpoint.index)
    }
}
