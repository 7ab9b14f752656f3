/// The tensors of a network by name, as a file describes them: nothing about their data has been proven yet.
struct StateDict {
    /// In file order. Names are unique.
    private(set) var entries: [(name: String, tensor: TensorReference)] = []
    /// What was left out.
    private(set) var remarks: [String] = []
    /// The names of the classes in their order, where the file has them beside the tensors.
    var classNames: [String] = []
    /// The whole numbers among the settings that training has stored beside the tensors.
    var settings: [String: Int] = [:]

    /// Last parts of the names of counters that tools put among the tensors of a network.
    private static let counters = ["total_ops", "total_params", "n_averaged"]

    /// The tensors of a file that holds nothing else.
    init(_ entries: [(name: String, tensor: TensorReference)]) {
        self.entries = entries
        dropCounters()
        dropWrapperPrefixes()
    }

    /// The tensors of a dictionary in a pickle.
    ///
    /// - Parameters:
    ///   - passengers: the keys of what lies beside the dictionary, to be remarked upon.
    init(
        _ items: [(key: PickleValue, value: PickleValue)], of heap: PickleHeap, passengers: [String],
        limits: CheckpointLimits, at place: CheckpointLocation
    ) throws {
        guard items.count <= limits.tensors else {
            throw CheckpointError.overLimit(.tensors, limit: limits.tensors, found: items.count, at: place)
        }
        var seen: Set<ArraySlice<UInt8>> = []
        var others: [String] = []
        for (key, value) in items {
            guard case .text(let text) = key else {
                throw CheckpointError.stateDict(.notText(found: key.kind), at: place)
            }
            guard seen.insert(text).inserted else {
                throw CheckpointError.stateDict(.duplicateName(printable(text)), at: place)
            }
            if case .tensor(let id) = value {
                entries.append((try text.name(limits: limits, at: place), heap[id]))
            } else {
                others.append(printable(text))
            }
        }
        remark("ignored in the state dict, being no tensors", others)
        remark("ignored beside the state dict", passengers)
        dropCounters()
        dropWrapperPrefixes()
    }

    /// Leaves out what counts operations or averages: no network reads it.
    private mutating func dropCounters() {
        let kept = entries.filter { entry in
            !Self.counters.contains { entry.name == $0 || entry.name.hasSuffix(".\($0)") }
        }
        guard kept.count < entries.count, !kept.isEmpty else { return }
        remarks.append("ignored in the state dict, counted by tools: \(entries.count - kept.count) tensors")
        entries = kept
    }

    /// Says something that a reader may want to know.
    mutating func note(_ remark: String) { remarks.append(remark) }

    /// Says which other weights the file has.
    mutating func noteOtherWeights(_ keys: [String]) {
        guard let first = keys.first else { return }
        remarks.append(
            "other weights lie beside the ones that are taken: \(keys.joined(separator: ", ")) (--weights \(first) takes "
                + "these instead)")
    }

    /// Takes the tensors behind `prefix` alone, without it.
    ///
    /// - Returns: whether there are any.
    mutating func select(prefix: String) -> Bool {
        let chosen = entries.filter { $0.name.hasPrefix(prefix) }
        guard !chosen.isEmpty else { return false }
        entries = chosen.map { (String($0.name.dropFirst(prefix.count)), $0.tensor) }
        return true
    }

    /// Removes what wrappers put before every name, as often as they do: training on several GPUs `module.`, compiling
    /// `_orig_mod.`, a framework for training `model.`.
    ///
    /// `model.` before a number is a name of the network's own, of a module `model` whose members are numbered.
    private mutating func dropWrapperPrefixes() {
        func isWrapper(_ prefix: String) -> Bool {
            entries.allSatisfy { entry in
                guard entry.name.hasPrefix(prefix), let next = entry.name.dropFirst(prefix.count).first else {
                    return false
                }
                return prefix != "model." || !next.isNumber
            }
        }
        guard !entries.isEmpty else { return }
        while let prefix = ["module.", "_orig_mod.", "model."].first(where: isWrapper) {
            for index in entries.indices { entries[index].name.removeFirst(prefix.count) }
        }
    }

    private mutating func remark(_ what: String, _ names: [String]) {
        guard !names.isEmpty else { return }
        let shown = names.prefix(8).map { printable($0, limit: 60) }.joined(separator: ", ")
        remarks.append("\(what): \(shown)" + (names.count > 8 ? " and \(names.count - 8) more" : ""))
    }
}

extension StateDict {
    /// What a container's reader hands on.
    struct Resolved {
        let tensors: [CheckpointTensor]
        let remarks: [String]
        /// The names of the classes in their order, where the file has them.
        var classNames: [String] = []
        /// The whole numbers among the settings that training has stored.
        var settings: [String: Int] = [:]
        /// What a safetensors file calls its format.
        var format: String?
        /// Bytes of the storages that the tensors lie in, each counted once.
        let storageBytes: Int

        /// Refuses tensors that repeat their storages' elements so often, or whose storages are compressed so well, that
        /// giving them out would take far more memory than the file.
        ///
        /// - Parameter fileBytes: bytes of the whole file.
        func checkExpansion(of fileBytes: Int, _ limits: CheckpointLimits, at place: CheckpointLocation) throws {
            let allowed = CheckpointLimits.allowance(fileBytes, times: limits.expansionRatio)
            let stored = CheckpointLimits.allowance(storageBytes, times: limits.repetitionRatio)
            var total = 0
            var repeated = 0
            func add(_ tensor: CheckpointTensor, _ size: Int, to total: inout Int, _ allowed: Int) throws {
                let (bytes, overflow) = tensor.count.multipliedReportingOverflow(by: size)
                let (sum, overflow2) = total.addingReportingOverflow(bytes)
                total = overflow || overflow2 ? .max : sum
                guard total <= allowed else {
                    throw CheckpointError.overLimit(
                        .expandedBytes, limit: allowed, found: total, at: place.tensor(tensor.name))
                }
            }
            for tensor in tensors {
                // Numbers are given out in single precision at least.
                try add(tensor, max(tensor.elementType.size, MemoryLayout<Float>.size), to: &total, allowed)
                try add(tensor, tensor.elementType.size, to: &repeated, stored)
            }
        }
    }

    /// The tensors with their data, each proven to lie inside its storage.
    ///
    /// - Parameters:
    ///   - data: the bytes of a whole storage; `nil` where the file has none under this key. Asked once for each key.
    func resolve(
        limits: CheckpointLimits, at place: CheckpointLocation,
        data: (StorageReference) throws -> ArraySlice<UInt8>?
    ) throws -> Resolved {
        var storages: [String: ArraySlice<UInt8>] = [:]
        var tensors: [CheckpointTensor] = []
        for (name, tensor) in entries {
            let here = place.tensor(name)
            var bytes: ArraySlice<UInt8> = []
            if let storage = tensor.storage {
                guard let whole = try storages[storage.key] ?? data(storage) else {
                    throw CheckpointError.storage(.missing(key: storage.key), at: here)
                }
                let expected = try storage.byteCount(at: here)
                guard whole.count == expected else {
                    throw CheckpointError.storage(
                        .byteCount(key: storage.key, expected: expected, found: whole.count), at: here)
                }
                storages[storage.key] = whole
                bytes = storage.bytesInView(of: whole)
            }
            tensors.append(try CheckpointTensor(name: name, tensor, bytes, limits: limits, at: here))
        }
        return Resolved(
            tensors: tensors, remarks: remarks, classNames: classNames, settings: settings,
            storageBytes: storages.values.reduce(0) { $0 + $1.count })
    }
}

extension StorageReference {
    /// The bytes of the part that is meant, of the bytes of the whole storage. The part was proven to lie inside.
    fileprivate func bytesInView(of whole: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        whole.dropFirst(viewOffset * scalar.size).prefix(viewCount * scalar.size)
    }
}
