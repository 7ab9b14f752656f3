import CondenseNet
import Datasets
import Foundations
import ImageInput
import ModelFormat

/// The images of a data set that a network of bytes is made by, and others that it or one of half precision is judged by.
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

    /// The images that scales and offsets are chosen by; none for half precision, which has none.
    let calibration: [Image]
    /// The images that both networks, of single and of less precision, are compared on.
    let judged: [Image]
    /// Which images these are, for people.
    public let summary: String
    /// What about the labels is a guess, a line each.
    public let remarks: [String]

    /// How many images may be asked for: fewer different ones say too little about ranges, more are of no use.
    public static let counts = 16...4096
    /// How many there are unless someone says otherwise.
    public static let usualCount = 256
}

extension CalibrationImages {
    /// Reads images of the data set at `path`: of its training part where there is one, and judges by the part that results
    /// are reported on; else every second image of twice as many. A folder of images without class folders has no labels.
    ///
    /// - Parameters:
    ///   - wanted: how many images to calibrate with, and as many to judge by; `nil` for `usualCount`, or fewer where their
    ///     values take too much memory.
    ///   - description: the network that they are for; `Quantization.check` says whether it can be computed with bytes.
    ///   - precision: bytes, or half precision, for which all images judge.
    ///   - progress: told how many of how many images are read.
    /// - Precondition: `wanted` is in `counts`.
    /// - Throws: `ConversionError.option`, before anything is read, for more images than memory is meant for; `DatasetError` or
    ///   `FolderError` for a data set that cannot be read or does not fit, `ImageError` for an image that cannot be read or has
    ///   another size, `ConversionError.images` for too few different images.
    public init(
        path: String, count wanted: Int?, for description: ModelDescription, _ precision: Precision,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws {
        precondition(wanted.map(Self.counts.contains) ?? true)
        let calibrates = precision == .int8
        let count = try Self.affordable(
            wanted,
            bytes: calibrates
                ? Quantization.bytesPerImage(description.graph)
                : MemoryLayout<Float>.stride * description.inputShape.count)
        let sources = try Self.sources(path, description)
        let transform = try ImageTransform(description.preprocessing, input: description.inputShape)
        let (calibrating, judging) =
            calibrates
            ? Self.choose(count, sources.calibration, sources.judged) : ([], Self.some(count, of: sources.judged))
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
        if calibrates { try Self.checkVariety(calibration, path, "calibrate with") }
        let isHeldOut = !judging.isEmpty
        judged = isHeldOut ? try read(sources.judged, judging) : calibration
        remarks = sources.judged.remarks
        let limit =
            wanted == nil && count < Self.usualCount && (calibrates ? calibration : judged).count == count
            ? " (as many as fit into \(Format.grouped(Quantization.imageBytes)) bytes)" : ""
        guard calibrates else {
            try Self.checkVariety(judged, path, "judge by")
            summary = "judged by \(Format.counted(judged.count, "image")) of \(sources.places.judged)\(limit)"
            return
        }
        summary =
            "calibrated with \(Format.counted(calibration.count, "image")) of \(sources.places.calibration)\(limit), judged by "
            + (isHeldOut
                ? "\(Format.counted(judged.count, "other")) of \(sources.places.judged)"
                : "the same ones: there are no others")
    }

    /// How many images of `bytes` each to take: as many as wanted, where nobody said at most what fits into memory.
    static func affordable(_ wanted: Int?, bytes: Int) throws -> Int {
        let most = Quantization.imageBytes / bytes
        let count = wanted ?? max(min(usualCount, most), counts.lowerBound)
        guard count <= most else {
            throw ConversionError.option(
                "--images: \(count) images of this network take \(Format.grouped(count * bytes)) bytes at once, "
                    + "more than \(Format.grouped(Quantization.imageBytes)): at most \(most)")
        }
        return count
    }

    /// Data sets to calibrate with and to judge by, which may be the same, and the files or folders that hold them.
    private struct Sources {
        let calibration: any Datasets.Dataset
        let judged: any Datasets.Dataset
        let places: (calibration: String, judged: String)
    }

    /// A part that is there and cannot be read is an error; many data sets have no part for training, and some nothing else.
    private static func sources(_ path: String, _ description: ModelDescription) throws -> Sources {
        if let images = try UnlabelledImages(folder: path) {
            return Sources(calibration: images, judged: images, places: (path, path))
        }
        var options = DatasetOptions(
            classes: NetworkClasses(count: description.classes, labels: description.labels))
        let (training, reported) = (
            try DatasetReader.place(of: .train, in: path), try DatasetReader.place(of: nil, in: path)
        )
        let judged = training == nil || reported != nil ? try DatasetReader.open(path, options) : nil
        options.split = .train
        let calibration = training == nil ? judged! : try DatasetReader.open(path, options)
        return Sources(
            calibration: calibration, judged: judged ?? calibration,
            places: (training ?? reported ?? path, reported ?? training ?? path))
    }

    /// Positions of some of a data set's images: the first, or of one ordered by class evenly spread ones.
    private static func some(_ wanted: Int, of source: any Datasets.Dataset) -> [Int] {
        let total = min(wanted, source.count)
        return (0..<total).map { source.isOrderedByClass ? $0 * source.count / total : $0 }
    }

    /// Positions of the images to calibrate with and of those to judge by: of one data set what is left, which may be none.
    private static func choose(
        _ count: Int, _ calibration: any Datasets.Dataset, _ judged: any Datasets.Dataset
    ) -> ([Int], [Int]) {
        if calibration.files != judged.files { return (some(count, of: calibration), some(count, of: judged)) }
        let both = some(2 * count, of: calibration)
        let calibrating = min(count, both.count)
        let chosen = Set((0..<calibrating).map { $0 * both.count / calibrating })
        return (
            both.indices.filter(chosen.contains).map { both[$0] },
            both.indices.filter { !chosen.contains($0) }.map { both[$0] }
        )
    }

    /// Images of one colour, and the same image again, say nothing about ranges and little about answers.
    private static func checkVariety(_ images: [Image], _ path: String, _ purpose: String) throws {
        let useful = Set(images.filter { !$0.isOneColor }.map { $0.planes.withUnsafeBytes { CRC32($0).digits } })
        guard useful.count >= counts.lowerBound else {
            throw ConversionError.images(
                path: path,
                expected: "at least \(counts.lowerBound) different images of more than one colour to \(purpose)",
                found: "\(useful.count) among \(Format.counted(images.count, "image"))")
        }
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
