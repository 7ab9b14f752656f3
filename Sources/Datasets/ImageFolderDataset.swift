import Foundations
import ImageInput

/// A folder with one folder of images for each class, as torchvision's `ImageFolder` reads it.
package struct ImageFolderDataset: Dataset {
    package let kind = "ImageFolder"
    package let classes: Int
    package let isOrderedByClass = true
    private let images: [(path: String, label: Int32)]

    package var count: Int { images.count }
    package var files: [String] { images.map(\.path) }

    /// The folder that holds the class folders: a `train`, `val` or `test` folder in `root` where there are such, else
    /// `root` itself; `nil` when it holds no folders.
    ///
    /// - Throws: `DatasetError` or `FolderError` when a folder cannot be read, or the wanted part is missing.
    package static func folder(_ root: String, split: Split) throws -> String? {
        let folders = try Folder.subfolders(root)
        guard !folders.isEmpty else { return nil }
        // ImageNet's test images come without labels: `val` is what results are reported on.
        let wanted = split == .train ? ["train"] : ["val", "test"]
        let isDivided = folders.allSatisfy(["train", "val", "test"].contains)
        if let part = isDivided ? wanted.first(where: folders.contains) : nil { return "\(root)/\(part)" }
        guard !isDivided, split == .test else {
            throw DatasetError.missing(
                path: root,
                reason: "expected a folder \(wanted.joined(separator: " or ")), found \(describe(folders))")
        }
        return root
    }

    /// - Parameter classes: the model's classes.
    /// - Throws: `DatasetError` or `FolderError` when a folder cannot be read, or the folders are not the model's classes.
    package init(folder: String, classes: NetworkClasses) throws {
        let names = try Folder.subfolders(folder)
        let indices = try Self.indices(of: names, classes: classes, folder: folder)
        var images: [(String, Int32)] = []
        for (name, index) in zip(names, indices) {
            images += try ImageFiles.under("\(folder)/\(name)").map { ($0, Int32(index)) }
        }
        self.images = images
        self.classes = (indices.max() ?? -1) + 1
    }

    /// The class of each folder. Folders named by the model's labels are those classes; else a folder for each class is
    /// numbered in the order of the names, as in training, unless a label among the names says otherwise.
    private static func indices(
        of names: [String], classes: NetworkClasses, folder: String
    ) throws -> [Int] {
        // A label that two classes share names neither.
        let byLabel = Dictionary(classes.labels.enumerated().map { ($1, [$0]) }, uniquingKeysWith: +).filter {
            $1.count == 1
        }
        let named = names.compactMap { byLabel[$0]?.first }
        if named.count == names.count { return named }
        let stranger = names.first { byLabel[$0] == nil }!
        if names.count == classes.count {
            guard let contradicted = names.indices.first(where: { byLabel[names[$0]] ?? [$0] != [$0] }) else {
                return Array(names.indices)
            }
            let label = names[contradicted]
            throw DatasetError.unexpected(
                path: folder, expected: "folders named by the model's labels, or by none of them",
                found: "\"\(label)\" and \"\(stranger)\"")
        }
        throw DatasetError.unexpected(
            path: folder, expected: "\(classes.count) class folders, or folders named by the model's labels",
            found: "\(names.count), one named \"\(stranger)\"")
    }

    private static func describe(_ folders: [String]) -> String {
        folders.prefix(3).joined(separator: ", ") + (folders.count > 3 ? " … (\(folders.count))" : "")
    }

    package func label(_ index: Int) -> Int { Int(images[index].label) }

    package func name(_ index: Int) -> String { images[index].path }

    package func image(_ index: Int) throws -> RGBImage { try RGBImage.decode(path: images[index].path) }
}
