import Glibc
import ImageInput

/// A pair of idx files, as MNIST and its successors are published: `t10k-*` is the test set, `train-*` the training set,
/// each compressed with gzip or not. Grey images become RGB.
struct IdxDataset: Dataset {
    let kind = "idx"
    let count: Int
    let classes: Int
    private let height: Int
    private let width: Int
    private let pixels: [UInt8]
    private let labels: [UInt8]
    private let path: String

    /// The file names of a split, without `.gz`.
    private static func names(_ split: Split) -> (images: String, labels: String) {
        let prefix = split == .test ? "t10k" : "train"
        return ("\(prefix)-images-idx3-ubyte", "\(prefix)-labels-idx1-ubyte")
    }

    /// Whether `folder` holds idx files.
    static func recognizes(_ folder: String) -> Bool {
        Split.allCases.contains { existing(folder, names($0).images) != nil }
    }

    private static func existing(_ folder: String, _ name: String) -> String? {
        ["\(folder)/\(name)", "\(folder)/\(name).gz"].first { access($0, F_OK) == 0 }
    }

    /// - Throws: `CommandFailure` for a missing or malformed file.
    init(folder: String, split: Split) throws {
        let names = Self.names(split)
        func read(_ name: String, dimensions: Int) throws -> (shape: [Int], data: ArraySlice<UInt8>, path: String) {
            guard let path = Self.existing(folder, name) else {
                throw CommandFailure(.noInput, "\(folder)/\(name)[.gz]: No such file or directory")
            }
            let bytes = try GzipFile.read(path, limit: 1 << 30)
            return try Self.parse(bytes, path: path, dimensions: dimensions)
        }
        let images = try read(names.images, dimensions: 3)
        let labels = try read(names.labels, dimensions: 1)
        guard images.shape[0] == labels.shape[0] else {
            throw CommandFailure(
                .badData, "\(labels.path): expected \(images.shape[0]) labels, found \(labels.shape[0])")
        }
        count = images.shape[0]
        height = images.shape[1]
        width = images.shape[2]
        pixels = Array(images.data)
        self.labels = Array(labels.data)
        classes = Int(self.labels.max() ?? 0) + 1
        path = images.path
    }

    private static func parse(
        _ bytes: [UInt8], path: String, dimensions: Int
    ) throws -> (shape: [Int], data: ArraySlice<UInt8>, path: String) {
        let headerCount = 4 + 4 * dimensions
        guard bytes.count >= headerCount, bytes[0] == 0, bytes[1] == 0, bytes[2] == 8, bytes[3] == dimensions else {
            throw CommandFailure(
                .badData, "\(path): expected an idx file of unsigned bytes with \(dimensions) dimensions")
        }
        let shape = (0..<dimensions).map { dimension in
            bytes[(4 + 4 * dimension)..<(8 + 4 * dimension)].reduce(0) { $0 << 8 | Int($1) }
        }
        var expected = 1
        for size in shape {
            let (product, overflow) = expected.multipliedReportingOverflow(by: size)
            expected = overflow ? .max : product
        }
        guard shape.dropFirst().allSatisfy({ (1...4096).contains($0) }), bytes.count - headerCount == expected else {
            throw CommandFailure(
                .badData,
                "\(path): expected \(expected) bytes for shape \(shape), found \(bytes.count - headerCount)")
        }
        return (shape, bytes[headerCount...], path)
    }

    func label(_ index: Int) -> Int { Int(labels[index]) }

    func name(_ index: Int) -> String { "\(path), image \(index)" }

    func image(_ index: Int) -> RGBImage {
        let start = index * height * width
        let grey = pixels[start..<(start + height * width)]
        return RGBImage(
            width: width, height: height, pixels: grey.flatMap { [$0, $0, $0] }, name: name(index))
    }
}
