import Foundations
import ImageInput

/// Labelled images, which any number of threads may read at once.
package protocol Dataset: Sendable {
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
    package var isOrderedByClass: Bool { false }
}

/// What the network that is evaluated tells apart.
package struct NetworkClasses: Sendable {
    /// How many classes.
    package let count: Int
    /// Their names; empty where they have none.
    package let labels: [String]

    package init(count: Int, labels: [String]) {
        self.count = count
        self.labels = labels
    }
}

/// Which part of a data set.
package enum Split: String, CaseIterable {
    case test
    case train
}

/// Opens data sets of every known kind, told apart by what the folder holds.
package enum DatasetReader {
    /// The data set at `path`: a folder of idx files, of CIFAR binary files or of class folders, or one CIFAR file.
    ///
    /// - Throws: `DatasetError` or `FolderError`, also when its classes do not fit the network's.
    package static func open(_ path: String, split: Split, for classes: NetworkClasses) throws -> any Dataset {
        let dataset = try recognized(path, split: split, for: classes)
        guard dataset.count > 0 else { throw DatasetError.unexpected(path: path, expected: "images", found: "none") }
        guard dataset.count <= mostImages else {
            throw DatasetError.unexpected(
                path: path, expected: "at most \(mostImages) images", found: "\(dataset.count)")
        }
        guard dataset.classes <= classes.count else {
            throw DatasetError.unexpected(
                path: path, expected: "labels below \(classes.count), the model's classes",
                found: "\(dataset.classes - 1)")
        }
        return dataset
    }

    /// The most images of a data set: what became of each is kept.
    private static let mostImages = 1 << 22

    private static func recognized(_ path: String, split: Split, for classes: NetworkClasses) throws -> any Dataset {
        switch Folder.kind(path) {
        case .missing(let reason): throw DatasetError.missing(path: path, reason: reason)
        case .other: throw DatasetError.unexpected(path: path, expected: "a folder or a file", found: "neither")
        case .file where IdxDataset.isPart(path):
            throw DatasetError.part(path: path, expected: "the folder of the idx files", found: "one of them")
        case .file: return try CIFARDataset(file: path, classes: classes.count)
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
            return try ImageFolderDataset(folder: folder, classes: classes)
        }
        if CIFARDataset.isPickled(folder: path) {
            throw DatasetError.unexpected(path: path, expected: "CIFAR's binary version", found: "its Python version")
        }
        throw DatasetError.unexpected(
            path: path, expected: "class folders of images, CIFAR binary files or idx files", found: "none of them")
    }
}
