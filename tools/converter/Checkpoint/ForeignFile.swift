/// Files that are no checkpoints and often taken for some.
extension [UInt8] {
    /// What the file is instead, and what to do; `nil` where its first bytes do not tell.
    var foreignKind: String? {
        func has(_ text: String, at offset: Int = 0) -> Bool { dropFirst(offset).starts(with: text.utf8) }
        let start = drop {
            $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF
        }
        func begins(_ text: String) -> Bool {
            start.prefix(text.utf8.count).elementsEqual(text.utf8) { $0 == $1 || $0 | 0x20 == $1 }
        }
        if begins("<!doctype") || begins("<html") {
            return "an HTML page: the download was answered by a page, not by the file; download it again"
        }
        if begins("<?xml") { return "XML: the download was answered by a message, not by the file; download it again" }
        if has("version https://git-lfs") { return "a Git LFS pointer: fetch the file itself (git lfs pull)" }
        if starts(with: [0x1F, 0x8B]) { return "gzip: unpack it first (gunzip)" }
        if starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A]) { return "xz: unpack it first (unxz)" }
        if starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return "zstd: unpack it first (unzstd)" }
        if has("BZh") { return "bzip2: unpack it first (bunzip2)" }
        if has("7z") && count > 5 && self[2] == 0xBC { return "a 7z archive: unpack it first" }
        if has("Rar!") { return "a RAR archive: unpack it first" }
        if starts(with: [0x93] + Array("NUMPY".utf8)) { return "a NumPy array, which is no network" }
        if starts(with: [0x89] + Array("HDF".utf8)) { return "HDF5, as Keras saves networks; only PyTorch's are read" }
        if first == 0x08, prefix(256).contains(subsequence: "pytorch") || prefix(256).contains(subsequence: "onnx") {
            return "an ONNX model; the converter reads the checkpoint that it was exported from"
        }
        if starts(with: [0x89] + Array("PNG".utf8)) || starts(with: [0xFF, 0xD8, 0xFF]) || has("GIF8") || has("BM")
            || has("WEBP", at: 8) || has("ftyp", at: 4) || has("II*") || has("MM") && count > 3 && self[3] == 0x2A
            || has("jP", at: 4)
        {
            return "an image"
        }
        if has("GGUF") { return "a GGUF file of a language model" }
        return nil
    }

    /// Whether a pickle's first object is plain, where `torch.save` would have written a number.
    var isPlainPickle: Bool {
        guard count > 2, self[0] == 0x80 else { return false }
        let opcode = self[1] >= 4 && self[2] == 0x95 ? (count > 11 ? self[11] : 0) : self[2]
        return Array("}](c)".utf8).contains(opcode)
    }
}

extension ArraySlice<UInt8> {
    fileprivate func contains(subsequence text: String) -> Bool {
        let pattern = Array(text.utf8)
        return indices.contains { self[$0...].starts(with: pattern) }
    }
}
