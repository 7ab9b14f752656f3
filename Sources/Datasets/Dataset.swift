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
    /// One more than the largest label, or, where the kind of data set says so, the number of its classes.
    var classes: Int { get }
    /// Whether the images are ordered by class, so that the first ones represent nothing.
    var isOrderedByClass: Bool { get }
    /// The folders that stand for classes, if any.
    var folders: [ClassFolder] { get }
    /// What about the labels is a guess, a line each.
    var remarks: [String] { get }
    /// The class of image `index`.
    func label(_ index: Int) -> Int
    /// What people call image `index`.
    func name(_ index: Int) -> String
    /// Image `index`, decoded.
    ///
    /// - Parameter limits: what a file may cost, and whether its orientation is heeded.
    func image(_ index: Int, _ limits: ImageLimits) throws -> RGBImage
}

extension Dataset {
    package var isOrderedByClass: Bool { false }
    package var folders: [ClassFolder] { [] }
    package var remarks: [String] { [] }
}

/// A folder of images of one class.
package struct ClassFolder: Sendable {
    /// The folder's name, without the path.
    package let name: String
    /// The class.
    package let index: Int
}

/// Which part of a data set.
package enum Split: String, CaseIterable, Sendable {
    case test
    case train
    case val

    /// `valid` and `validation` are other words for `val`.
    package init?(argument: String) {
        self.init(rawValue: ["valid", "validation"].contains(argument) ? "val" : argument)
    }
}

/// How a data set's labels become the network's classes.
package struct DatasetOptions: Sendable {
    package let classes: NetworkClasses
    /// The wanted part; `nil` is the one that results are reported on.
    package var split: Split?
    /// The order in which folders are numbered; `nil` asks their names first.
    package var order: ClassOrder?
    /// Which class each folder is.
    package var map: LabelsMap?
    /// Whether a data set of another number of classes is taken.
    package var allowsMismatch = false

    package init(classes: NetworkClasses) { self.classes = classes }
}

/// Opens data sets of every known kind, told apart by what the folder holds.
package enum DatasetReader {
    /// The data set at `path`: a folder of idx files, of CIFAR binary files or of class folders, or one CIFAR file.
    ///
    /// - Throws: `DatasetError` or `FolderError`, also when its classes do not fit the network's.
    package static func open(_ path: String, _ options: DatasetOptions) throws -> any Dataset {
        var root = path
        while root.count > 1, root.hasSuffix("/") { root.removeLast() }
        let dataset = try recognized(root, options)
        guard dataset.count > 0 else {
            throw DatasetError.unexpected(path: path, expected: "images", found: "none")
        }
        guard dataset.count <= mostImages else {
            throw DatasetError.unexpected(
                path: path, expected: "at most \(mostImages) images", found: "\(dataset.count)")
        }
        guard dataset.classes <= options.classes.count || options.allowsMismatch else {
            throw DatasetError.unexpected(
                path: path, expected: "labels below \(options.classes.count), the model's classes",
                found: "\(dataset.classes - 1) (--allow-class-mismatch counts such images as wrong)")
        }
        return dataset
    }

    /// The file or folder that holds a part of the data set at `path`, the first of several files; `nil` where nothing of
    /// the part is there.
    ///
    /// - Parameter split: the part; `nil` is the one that results are reported on.
    /// - Throws: `FolderError` for a folder that cannot be read.
    package static func place(of split: Split?, in path: String) throws -> String? {
        guard Folder.kind(path) == .folder else { return path }
        if let folder = idxFolder(path) { return IdxDataset.place(of: split ?? .test, in: folder) }
        if let variant = CIFARDataset.variant(folder: path) {
            return variant.files(split ?? .test).map { "\(path)/\($0)" }.first { Folder.kind($0) == .file }
        }
        do {
            return try ImageFolderDataset.folder(path, split: split)
        } catch DatasetError.missing {
            return nil
        }
    }

    /// The folder of idx files; torchvision keeps the files that it loads in a folder of their own.
    private static func idxFolder(_ path: String) -> String? {
        [path, "\(path)/raw"].first(where: IdxDataset.recognizes)
    }

    /// The most images of a data set: what became of each is kept.
    private static let mostImages = 1 << 22

    private static func recognized(_ path: String, _ options: DatasetOptions) throws -> any Dataset {
        switch Folder.kind(path) {
        case .missing(let reason): throw DatasetError.missing(path: path, reason: reason)
        case .other: throw DatasetError.unexpected(path: path, expected: "a folder or a file", found: "neither")
        case .file where IdxDataset.isPart(path):
            throw DatasetError.part(path: path, expected: "the folder of the idx files", found: "one of them")
        case .file: return try CIFARDataset(file: path, options)
        case .folder: break
        }
        if let folder = idxFolder(path) {
            return try IdxDataset(folder: folder, split: try twoPart(options.split, path))
        }
        if let variant = CIFARDataset.variant(folder: path) {
            return try CIFARDataset(folder: path, variant: variant, try twoPart(options.split, path), options)
        }
        if let folder = try ImageFolderDataset.folder(path, split: options.split) {
            return try ImageFolderDataset(folder: folder, options)
        }
        if CIFARDataset.isPickled(folder: path) {
            throw DatasetError.unexpected(path: path, expected: "CIFAR's binary version", found: "its Python version")
        }
        throw DatasetError.unexpected(
            path: path, expected: "class folders of images, CIFAR binary files or idx files", found: "none of them")
    }

    /// The part of a data set that has a test and a training part only.
    private static func twoPart(_ split: Split?, _ path: String) throws -> Split {
        guard split != .val else {
            throw DatasetError.part(path: path, expected: "--split test or train", found: "val, which it does not have")
        }
        return split ?? .test
    }
}
