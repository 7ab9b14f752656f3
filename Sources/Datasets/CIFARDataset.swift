import Foundations
import Glibc
import ImageInput

/// CIFAR-10 or CIFAR-100 in the authors' binary version: records of labels and 3 × 32 × 32 bytes, planes red, green, blue.
package struct CIFARDataset: Dataset {
    package enum Variant: String, CaseIterable {
        case cifar10 = "CIFAR-10"
        case cifar100 = "CIFAR-100"

        package var classes: Int { self == .cifar10 ? 10 : 100 }
        /// CIFAR-100's coarse label comes before the fine one, which counts.
        package var labelBytes: Int { self == .cifar10 ? 1 : 2 }
        package var recordBytes: Int { labelBytes + CIFARDataset.pixelBytes }

        package func files(_ split: Split) -> [String] {
            switch (self, split) {
            case (_, .val): []
            case (.cifar10, .test): ["test_batch.bin"]
            case (.cifar10, .train): (1...5).map { "data_batch_\($0).bin" }
            case (.cifar100, .test): ["test.bin"]
            case (.cifar100, .train): ["train.bin"]
            }
        }
    }

    package let variant: Variant
    package let count: Int
    private let parts: [(path: String, first: Int, content: Storage)]

    package var kind: String { variant.rawValue }
    package var classes: Int { variant.classes }
    package var files: [String] { parts.map(\.path) }

    private static let side = 32
    private static let pixelBytes = 3 * side * side

    /// The variant whose files `folder` holds, if any.
    package static func variant(folder: String) -> Variant? {
        Variant.allCases.first { variant in
            Split.allCases.contains { split in
                variant.files(split).contains { Folder.kind("\(folder)/\($0)") == .file }
            }
        }
    }

    /// Whether `folder` holds the authors' Python version, in which PyTorch keeps the data set.
    package static func isPickled(folder: String) -> Bool {
        ["data_batch_1", "train"].contains { Folder.kind("\(folder)/\($0)") == .file }
    }

    /// The images of one part of the data set in `folder`.
    ///
    /// - Throws: `DatasetError` for a missing or malformed file.
    package init(folder: String, variant: Variant, _ split: Split, _ options: DatasetOptions) throws {
        try self.init(variant: variant, paths: variant.files(split).map { "\(folder)/\($0)" }, options, path: folder)
    }

    /// The images of one file, whose length tells the variant; where both fit, the one with the network's classes.
    ///
    /// - Throws: `DatasetError` for a malformed file.
    package init(file path: String, _ options: DatasetOptions) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw DatasetError.missing(path: path, reason: String(cString: strerror(errno)))
        }
        let fitting = Variant.allCases.filter { status.st_size > 0 && Int(status.st_size) % $0.recordBytes == 0 }
        guard let variant = fitting.first(where: { $0.classes == options.classes.count }) ?? fitting.first else {
            throw DatasetError.unexpected(
                path: path,
                expected: """
                    a CIFAR binary file, whole records of \(Variant.cifar10.recordBytes) or \
                    \(Variant.cifar100.recordBytes) bytes
                    """, found: "\(status.st_size) bytes")
        }
        try self.init(variant: variant, paths: [path], options, path: path)
    }

    private init(variant: Variant, paths: [String], _ options: DatasetOptions, path: String) throws {
        guard variant.classes == options.classes.count || options.allowsMismatch else {
            throw DatasetError.unexpected(
                path: path, expected: "images of \(options.classes.count) classes, as the network has",
                found: "\(variant.rawValue), which has \(variant.classes) (--allow-class-mismatch takes it)")
        }
        var parts: [(path: String, first: Int, content: Storage)] = []
        var count = 0
        for path in paths {
            let content = try DatasetFile.read(path)
            let bytes = content.bytes
            guard bytes.count % variant.recordBytes == 0 else {
                throw DatasetError.unexpected(
                    path: path, expected: "whole records of \(variant.recordBytes) bytes",
                    found: "\(bytes.count) bytes")
            }
            for record in 0..<(bytes.count / variant.recordBytes) {
                let label = bytes[record * variant.recordBytes + variant.labelBytes - 1]
                guard label < variant.classes else {
                    throw DatasetError.unexpected(
                        path: "\(path), image \(record)", expected: "a label below \(variant.classes)",
                        found: "\(label)")
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

    package func label(_ index: Int) -> Int {
        let (part, start) = place(index)
        return Int(parts[part].content.bytes[start + variant.labelBytes - 1])
    }

    package func name(_ index: Int) -> String {
        let (part, start) = place(index)
        return "\(parts[part].path), image \(start / variant.recordBytes)"
    }

    package func image(_ index: Int, _ limits: ImageLimits) throws -> RGBImage {
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
