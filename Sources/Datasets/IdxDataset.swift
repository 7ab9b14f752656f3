import Foundations
import Glibc
import ImageInput

/// A pair of idx files, as MNIST and its successors are published: `t10k-*` is the test set, `train-*` the training set,
/// each compressed with gzip or not. Grey images become RGB.
package struct IdxDataset: Dataset {
    package let kind = "idx"
    package let count: Int
    package let classes: Int
    package var files: [String] { [images.path, labels.path] }
    private let images: Content
    private let labels: Content

    /// A file's bytes, and where its elements begin.
    private struct Content {
        let path: String
        let shape: [Int]
        let storage: Storage
        var dataStart: Int { 4 + 4 * shape.count }
    }

    /// The file names of a split, without `.gz`.
    private static func names(_ split: Split) -> (images: String, labels: String) {
        let prefix = split == .test ? "t10k" : "train"
        return ("\(prefix)-images-idx3-ubyte", "\(prefix)-labels-idx1-ubyte")
    }

    /// Whether `folder` holds idx files.
    package static func recognizes(_ folder: String) -> Bool {
        [Split.test, .train].contains { existing(folder, names($0).images) != nil }
    }

    /// Whether `path` is named like one of the files.
    package static func isPart(_ path: String) -> Bool {
        [Split.test, .train].map(names).flatMap { [$0.images, $0.labels] }.contains {
            path.hasSuffix($0) || path.hasSuffix("\($0).gz")
        }
    }

    /// The first file of a split in `folder`; `nil` where there is none.
    static func place(of split: Split, in folder: String) -> String? {
        let names = names(split)
        return existing(folder, names.images) ?? existing(folder, names.labels)
    }

    private static func existing(_ folder: String, _ name: String) -> String? {
        ["\(folder)/\(name)", "\(folder)/\(name).gz"].first { access($0, F_OK) == 0 }
    }

    /// - Throws: `DatasetError` for a missing or malformed file.
    package init(folder: String, split: Split) throws {
        let names = Self.names(split)
        func read(_ name: String, dimensions: Int) throws -> Content {
            guard let path = Self.existing(folder, name) else {
                throw DatasetError.missing(path: "\(folder)/\(name)[.gz]", reason: "No such file or directory")
            }
            let content = try DatasetFile.read(path) { start in
                Self.shape(start, dimensions: dimensions).map(Self.fileBytes) ?? 0
            }
            return try Self.parse(content, path: path, dimensions: dimensions)
        }
        images = try read(names.images, dimensions: 3)
        labels = try read(names.labels, dimensions: 1)
        count = images.shape[0]
        guard labels.shape[0] == count else {
            throw DatasetError.unexpected(
                path: labels.path, expected: "\(count) labels", found: "\(labels.shape[0])")
        }
        classes = Int(labels.storage.bytes.dropFirst(labels.dataStart).max() ?? 0) + 1
    }

    /// Checks the header, and that as many bytes follow as it says.
    private static func parse(_ storage: Storage, path: String, dimensions: Int) throws -> Content {
        let bytes = UnsafeRawBufferPointer(storage.bytes)
        guard let shape = shape(bytes, dimensions: dimensions) else {
            let found =
                bytes.count < 4 + 4 * dimensions
                ? "\(bytes.count) bytes"
                : "a file that begins with \(bytes[..<4].map(String.init).joined(separator: " "))"
            throw DatasetError.unexpected(
                path: path, expected: "an idx file of unsigned bytes with \(dimensions) dimensions", found: found)
        }
        if let side = shape.dropFirst().first(where: { !(1...4096).contains($0) }) {
            throw DatasetError.unexpected(
                path: path, expected: "images of 1 to 4096 rows and columns", found: "\(side)")
        }
        let expected = fileBytes(shape)
        guard bytes.count == expected else {
            let header = 4 + 4 * dimensions
            throw DatasetError.unexpected(
                path: path, expected: "\(expected - header) bytes for shape \(shape)",
                found: bytes.count > expected ? "more" : "\(bytes.count - header)")
        }
        return Content(path: path, shape: shape, storage: storage)
    }

    /// The shape that the header states; `nil` where `bytes` are no such file.
    private static func shape(_ bytes: UnsafeRawBufferPointer, dimensions: Int) -> [Int]? {
        guard bytes.count >= 4 + 4 * dimensions, bytes[..<4].elementsEqual([0, 0, 8, UInt8(dimensions)]) else {
            return nil
        }
        return (0..<dimensions).map { dimension in
            bytes[(4 + 4 * dimension)..<(8 + 4 * dimension)].reduce(0) { $0 << 8 | Int($1) }
        }
    }

    /// Bytes of a file of `shape`, header included; `Int.max` where they cannot be counted.
    private static func fileBytes(_ shape: [Int]) -> Int {
        var bytes = 1
        for size in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
            bytes = overflow ? .max : product
        }
        let (sum, overflow) = bytes.addingReportingOverflow(4 + 4 * shape.count)
        return overflow ? .max : sum
    }

    package func label(_ index: Int) -> Int { Int(labels.storage.bytes[labels.dataStart + index]) }

    package func name(_ index: Int) -> String { "\(images.path), image \(index)" }

    package func image(_ index: Int, _ limits: ImageLimits) throws -> RGBImage {
        let size = ImageSize(width: images.shape[2], height: images.shape[1])
        let first = images.dataStart + index * size.width * size.height
        return try RGBImage(size: size, name: name(index)) { pixels in
            images.storage.withUnsafeBytes { bytes in
                for place in pixels.indices { pixels[place] = bytes[first + place / 3] }
            }
        }
    }
}
