import Glibc
import ImageInput
import ModelFormat

/// CIFAR-10 or CIFAR-100 in the authors' binary version: records of labels and 3 × 32 × 32 bytes, planes red, green, blue.
struct CIFARDataset: Dataset {
    enum Variant: String, CaseIterable {
        case cifar10 = "CIFAR-10"
        case cifar100 = "CIFAR-100"

        var classes: Int { self == .cifar10 ? 10 : 100 }
        /// CIFAR-100's coarse label comes before the fine one, which counts.
        var labelBytes: Int { self == .cifar10 ? 1 : 2 }
        var recordBytes: Int { labelBytes + CIFARDataset.pixelBytes }

        func files(_ split: Split) -> [String] {
            switch (self, split) {
            case (.cifar10, .test): ["test_batch.bin"]
            case (.cifar10, .train): (1...5).map { "data_batch_\($0).bin" }
            case (.cifar100, .test): ["test.bin"]
            case (.cifar100, .train): ["train.bin"]
            }
        }
    }

    let variant: Variant
    let count: Int
    private let parts: [(path: String, first: Int, content: Storage)]

    var kind: String { variant.rawValue }
    var classes: Int { variant.classes }
    var files: [String] { parts.map(\.path) }

    private static let side = 32
    private static let pixelBytes = 3 * side * side

    /// The variant whose files `folder` holds, if any.
    static func variant(folder: String) -> Variant? {
        Variant.allCases.first { variant in
            Split.allCases.contains { split in
                variant.files(split).contains { Folder.kind("\(folder)/\($0)") == .file }
            }
        }
    }

    /// Whether `folder` holds the authors' Python version, in which PyTorch keeps the data set.
    static func isPickled(folder: String) -> Bool {
        ["data_batch_1", "train"].contains { Folder.kind("\(folder)/\($0)") == .file }
    }

    /// The images of one part of the data set in `folder`.
    ///
    /// - Throws: `CommandFailure` for a missing or malformed file.
    init(folder: String, variant: Variant, split: Split) throws {
        try self.init(variant: variant, paths: variant.files(split).map { "\(folder)/\($0)" })
    }

    /// The images of one file, whose length tells the variant; where both fit, the one with `classes` classes.
    ///
    /// - Throws: `CommandFailure` for a malformed file.
    init(file path: String, classes: Int) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw CommandFailure(.noInput, "\(path): \(String(cString: strerror(errno)))")
        }
        let fitting = Variant.allCases.filter { status.st_size > 0 && Int(status.st_size) % $0.recordBytes == 0 }
        guard let variant = fitting.first(where: { $0.classes == classes }) ?? fitting.first else {
            throw CommandFailure(
                .badData,
                """
                \(path): expected a CIFAR binary file, whole records of \(Variant.cifar10.recordBytes) or \
                \(Variant.cifar100.recordBytes) bytes, found \(status.st_size) bytes
                """)
        }
        try self.init(variant: variant, paths: [path])
    }

    private init(variant: Variant, paths: [String]) throws {
        var parts: [(path: String, first: Int, content: Storage)] = []
        var count = 0
        for path in paths {
            let content = try GzipFile.read(path, limit: FormatLimits.fileBytes)
            let bytes = content.bytes
            guard bytes.count % variant.recordBytes == 0 else {
                throw CommandFailure(
                    .badData,
                    "\(path): expected whole records of \(variant.recordBytes) bytes, found \(bytes.count) bytes")
            }
            for record in 0..<(bytes.count / variant.recordBytes) {
                let label = bytes[record * variant.recordBytes + variant.labelBytes - 1]
                guard label < variant.classes else {
                    throw CommandFailure(
                        .badData, "\(path), image \(record): expected a label below \(variant.classes), found \(label)")
                }
            }
            parts.append((path, count, content))
            count += bytes.count / variant.recordBytes
        }
        self.variant = variant
        self.parts = parts
        self.count = count
    }

    /// The part that holds image `index`, and where its record starts.
    private func place(_ index: Int) -> (part: Int, start: Int) {
        let part = parts.lastIndex { $0.first <= index }!
        return (part, (index - parts[part].first) * variant.recordBytes)
    }

    func label(_ index: Int) -> Int {
        let (part, start) = place(index)
        return Int(parts[part].content.bytes[start + variant.labelBytes - 1])
    }

    func name(_ index: Int) -> String {
        let (part, start) = place(index)
        return "\(parts[part].path), image \(start / variant.recordBytes)"
    }

    func image(_ index: Int) throws -> RGBImage {
        let (part, start) = place(index)
        let first = start + variant.labelBytes
        let plane = Self.side * Self.side
        return try RGBImage(size: ImageSize(width: Self.side, height: Self.side), name: name(index)) { pixels in
            parts[part].content.withUnsafeBytes { bytes in
                for place in pixels.indices { pixels[place] = bytes[first + place % 3 * plane + place / 3] }
            }
        }
    }
}
