import ImageInput
import ModelFormat

/// Labelled images, which any number of threads may read at once.
protocol Dataset: Sendable {
    /// What the data set is stored as, for reports.
    var kind: String { get }
    /// The files that hold it.
    var files: [String] { get }
    /// How many images there are.
    var count: Int { get }
    /// One more than the largest label.
    var classes: Int { get }
    /// Whether the images are ordered by class, so that the first ones represent nothing.
    var isOrderedByClass: Bool { get }
    /// The class of image `index`.
    func label(_ index: Int) -> Int
    /// What people call image `index`.
    func name(_ index: Int) -> String
    /// Image `index`, decoded.
    func image(_ index: Int) throws -> RGBImage
}

extension Dataset {
    var isOrderedByClass: Bool { false }
}

/// Which part of a data set.
enum Split: String, CaseIterable {
    case test
    case train
}

/// Opens data sets of every known kind, told apart by what the folder holds.
enum Datasets {
    /// The data set at `path`: a folder of idx files, of CIFAR binary files or of class folders, or one CIFAR file.
    ///
    /// - Throws: `CommandFailure`, also when its classes do not fit `model`.
    static func open(_ path: String, split: Split, for model: ModelDescription) throws -> any Dataset {
        let dataset = try recognized(path, split: split, for: model)
        guard dataset.count > 0 else { throw CommandFailure(.badData, "\(path): expected images, found none") }
        guard dataset.count <= mostImages else {
            throw CommandFailure(.badData, "\(path): expected at most \(mostImages) images, found \(dataset.count)")
        }
        guard dataset.classes <= model.classes else {
            throw CommandFailure(
                .badData,
                "\(path): expected labels below \(model.classes), the model's classes, found \(dataset.classes - 1)")
        }
        return dataset
    }

    /// The most images of a data set: what became of each is kept.
    private static let mostImages = 1 << 22

    private static func recognized(_ path: String, split: Split, for model: ModelDescription) throws -> any Dataset {
        switch Folder.kind(path) {
        case .missing(let reason): throw CommandFailure(.noInput, "\(path): \(reason)")
        case .other: throw CommandFailure(.badData, "\(path): expected a folder or a file, found neither")
        case .file where IdxDataset.isPart(path):
            throw CommandFailure(.usage, "\(path): expected the folder of the idx files, found one of them")
        case .file: return try CIFARDataset(file: path, classes: model.classes)
        case .folder: break
        }
        // torchvision keeps the files that it loads in a folder of their own.
        if let folder = [path, "\(path)/raw"].first(where: IdxDataset.recognizes) {
            return try IdxDataset(folder: folder, split: split)
        }
        if let variant = CIFARDataset.variant(folder: path) {
            return try CIFARDataset(folder: path, variant: variant, split: split)
        }
        if let folder = try ImageFolderDataset.folder(path, split: split) {
            return try ImageFolderDataset(folder: folder, classes: model.classes, labels: model.labels)
        }
        if CIFARDataset.isPickled(folder: path) {
            throw CommandFailure(.badData, "\(path): expected CIFAR's binary version, found its Python version")
        }
        throw CommandFailure(
            .badData, "\(path): expected class folders of images, CIFAR binary files or idx files, found none of them")
    }
}
