import CondenseNet
import Datasets
import Foundations
import ImageInput
import ModelFormat

/// The images of a data set that a network of bytes is made by, and others that it is judged by.
public struct CalibrationImages: Sendable {
    /// An image as the network's input.
    struct Image: Sendable {
        /// `[3, H, W]`, normalised.
        let planes: [Float]
        /// The class; `nil` where the data set has no labels.
        let label: Int?

        /// Whether all pixels are the same.
        var isOneColor: Bool {
            let pixels = planes.count / 3
            return planes.indices.allSatisfy { planes[$0] == planes[$0 / pixels * pixels] }
        }
    }

    /// The images that scales and offsets are chosen by.
    let calibration: [Image]
    /// The images that both networks are compared on.
    let judged: [Image]
    /// Which images these are, for people.
    public let summary: String
    /// What about the labels is a guess, a line each.
    public let remarks: [String]

    /// Fewer different images say too little about ranges.
    public static let fewest = 16
    /// More are of no use, and their values take memory.
    public static let most = 4096
}

extension CalibrationImages {
    /// Reads images of the data set at `path`: of its training part where there is one, and judges by the part that results
    /// are reported on; else every second image of twice as many. A folder of images without class folders has no labels.
    ///
    /// - Parameters:
    ///   - count: how many images to calibrate with, and as many to judge by.
    ///   - description: the network that they are for.
    ///   - progress: told how many of how many images are read.
    /// - Throws: `DatasetError` or `FolderError` for a data set that cannot be read or does not fit, `ImageError` for an image
    ///   that cannot be read or has another size, `ConversionError.images` for too few different images.
    public init(
        path: String, count: Int, for description: ModelDescription, progress: (Int, Int) -> Void = { _, _ in }
    ) throws {
        guard (Self.fewest...Self.most).contains(count) else {
            throw ConversionError.option(
                "--images: expected \(Self.fewest) to \(Self.most) images, found \(count)")
        }
        let sources = try Self.sources(path, description)
        let transform = try ImageTransform(description.preprocessing, input: description.inputShape)
        let (calibrating, judging) = Self.choose(count, sources)
        var done = 0
        func read(_ source: any Datasets.Dataset, _ indices: [Int]) throws -> [Image] {
            try indices.map { index in
                let image = try source.image(index, .default)
                var planes = [Float](repeating: 0, count: description.inputShape.count)
                try planes.withUnsafeMutableBufferPointer { try transform.apply(to: image, into: $0) }
                done += 1
                progress(done, calibrating.count + judging.count)
                return Image(planes: planes, label: source is UnlabelledImages ? nil : source.label(index))
            }
        }
        calibration = try read(sources.calibration, calibrating)
        try Self.checkVariety(calibration, path)
        let isHeldOut = !judging.isEmpty
        judged = isHeldOut ? try read(sources.judged, judging) : calibration
        remarks = sources.calibration.remarks
        summary =
            "\(Format.counted(calibration.count, "image")) of \(sources.calibration.source(path)), judged by "
            + (isHeldOut
                ? "\(judged.count) others of \(sources.judged.source(path))" : "the same ones: there are no others")
    }

    /// Data sets to calibrate with and to judge by, which may be the same.
    private static func sources(
        _ path: String, _ description: ModelDescription
    ) throws -> (calibration: any Datasets.Dataset, judged: any Datasets.Dataset) {
        if let images = try UnlabelledImages(folder: path) { return (images, images) }
        var options = DatasetOptions(
            classes: NetworkClasses(count: description.classes, labels: description.labels))
        let reported = Result { try DatasetReader.open(path, options) }
        options.split = .train
        // Many data sets have no part for training, and some nothing else.
        guard let training = try? DatasetReader.open(path, options) else {
            let images = try reported.get()
            return (images, images)
        }
        return (training, (try? reported.get()) ?? training)
    }

    /// Positions of the images to calibrate with and of those to judge by: none where all are needed to calibrate.
    private static func choose(
        _ count: Int, _ sources: (calibration: any Datasets.Dataset, judged: any Datasets.Dataset)
    ) -> ([Int], [Int]) {
        /// Some of a data set's images: the first, or of one ordered by class evenly spread ones.
        func some(_ wanted: Int, of source: any Datasets.Dataset) -> [Int] {
            let total = min(wanted, source.count)
            return (0..<total).map { source.isOrderedByClass ? $0 * source.count / total : $0 }
        }
        if sources.calibration.files != sources.judged.files {
            return (some(count, of: sources.calibration), some(count, of: sources.judged))
        }
        let both = some(2 * count, of: sources.calibration)
        guard both.count == 2 * count else { return (some(count, of: sources.calibration), []) }
        return (
            stride(from: 0, to: both.count, by: 2).map { both[$0] },
            stride(from: 1, to: both.count, by: 2).map { both[$0] }
        )
    }

    /// Images of one colour, and the same image again, say nothing about ranges.
    private static func checkVariety(_ images: [Image], _ path: String) throws {
        let useful = Set(images.filter { !$0.isOneColor }.map { $0.planes.withUnsafeBytes { CRC32($0).digits } })
        guard useful.count >= fewest else {
            throw ConversionError.images(
                path: path, expected: "at least \(fewest) different images of more than one colour to calibrate with",
                found: "\(useful.count) among \(Format.counted(images.count, "image"))")
        }
    }
}

extension Datasets.Dataset {
    /// What people call the data set at `path`.
    fileprivate func source(_ path: String) -> String {
        kind == "idx" ? files.first ?? path : path
    }
}

/// A folder of images without labels.
private struct UnlabelledImages: Datasets.Dataset {
    let files: [String]
    let kind = "images"
    let classes = 0
    var count: Int { files.count }

    /// `nil` unless the folder holds images itself and no folders.
    init?(folder: String) throws {
        guard Folder.kind(folder) == .folder, try Folder.subfolders(folder).isEmpty else { return nil }
        var problem: (any CategorizedError)?
        files = try ImageFiles.under(folder) { problem = problem ?? $0 }
        if let problem { throw problem }
        guard !files.isEmpty else { return nil }
    }

    // Alphabetical order may follow a class or a moment: evenly spread images represent the folder.
    let isOrderedByClass = true

    func label(_ index: Int) -> Int { 0 }
    func name(_ index: Int) -> String { files[index] }
    func image(_ index: Int, _ limits: ImageLimits) throws -> RGBImage {
        try RGBImage.decode(path: files[index], limits: limits)
    }
}
