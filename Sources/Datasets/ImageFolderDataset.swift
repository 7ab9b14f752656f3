import Foundations
import ImageInput

/// A folder with one folder of images for each class, as torchvision's `ImageFolder` reads it.
package struct ImageFolderDataset: Dataset {
    package let kind = "ImageFolder"
    package let classes: Int
    package let isOrderedByClass = true
    package let folders: [ClassFolder]
    package let remarks: [String]
    private let images: [(path: String, label: Int32)]

    package var count: Int { images.count }
    package var files: [String] { images.map(\.path) }

    private static let parts: Set<String> = ["train", "val", "valid", "validation", "test"]

    /// The folder that holds the class folders: a `train`, `val` or `test` folder in `root` where there are such, else
    /// `root` itself; `nil` when it holds no folders.
    ///
    /// - Parameter split: the wanted part; `nil` takes `val`, else `test`: ImageNet's test images come without labels, and
    ///   results are reported on `val`.
    /// - Throws: `DatasetError` or `FolderError` when a folder cannot be read, or the wanted part is missing.
    package static func folder(_ root: String, split: Split?) throws -> String? {
        let folders = try Folder.subfolders(root)
        guard !folders.isEmpty else { return nil }
        let validation = ["val", "valid", "validation"]
        let wanted: [String] =
            switch split {
            case .train: ["train"]
            case .val: validation
            case .test: ["test"] + validation
            case nil: validation + ["test"]
            }
        let isDivided = folders.allSatisfy(parts.contains)
        if isDivided, let part = wanted.first(where: folders.contains) { return "\(root)/\(part)" }
        guard !isDivided, split != .train, split != .val else {
            throw DatasetError.missing(
                path: root,
                reason: "expected a folder \(wanted.joined(separator: " or ")), found \(describe(folders))")
        }
        return root
    }

    /// - Throws: `DatasetError` or `FolderError` when a folder cannot be read, or the folders are not the network's classes.
    package init(folder: String, _ options: DatasetOptions) throws {
        let names = (options.order ?? .name).sorted(try Folder.subfolders(folder))
        guard !names.isEmpty else {
            let loose = try Folder.names(folder).filter(ImageFiles.hasImageSuffix).count
            throw DatasetError.unexpected(
                path: folder, expected: "a folder of images for each class",
                found: loose > 0 ? "\(Format.counted(loose, "image")) in none" : "no folder")
        }
        let (indices, remarks) = try Self.indices(of: names, options, folder: folder)
        var images: [(String, Int32)] = []
        for (name, index) in zip(names, indices) {
            var problem: (any CategorizedError)?
            let path = "\(folder)/\(name)"
            images += try ImageFiles.under(path) { problem = problem ?? $0 }.map { ($0, Int32(index)) }
            // An accuracy over a part of a class would be another one.
            if let problem { throw DatasetError.file(path: path, cause: problem) }
        }
        self.images = images
        self.remarks = remarks
        self.folders = zip(names, indices).map { ClassFolder(name: $0, index: $1) }
        self.classes = max((indices.max() ?? -1) + 1, 0)
    }

    /// The class of each folder, and what of it is a guess. A file says so; else folders named by the labels are those
    /// classes; else a folder for each class is numbered in order, as in training, unless a label among the names says
    /// otherwise.
    private static func indices(
        of names: [String], _ options: DatasetOptions, folder: String
    ) throws -> (indices: [Int], remarks: [String]) {
        let classes = options.classes
        if let map = options.map { return (try map.indices(of: names, classes), []) }
        let named = names.map { options.order == nil ? classes.index(named: $0) : nil }
        if named.allSatisfy({ $0 != nil }) {
            let indices = named.compactMap { $0 }
            if let (one, other) = firstPair(indices) {
                throw DatasetError.unexpected(
                    path: folder, expected: "a folder for each class",
                    found: "\"\(names[one])\" and \"\(names[other])\" for the same one")
            }
            return (indices, [])
        }
        let stranger = names[named.firstIndex { $0 == nil }!]
        guard names.count == classes.count || options.allowsMismatch else {
            let labelled = classes.labels.isEmpty ? "" : ", or folders named by the model's labels"
            throw DatasetError.unexpected(
                path: folder, expected: "\(classes.count) class folders\(labelled)",
                found: "\(names.count), one named \"\(stranger)\" (--labels-map FILE says which is which)")
        }
        if let contradicted = names.indices.first(where: { (named[$0] ?? $0) != $0 }) {
            throw DatasetError.unexpected(
                path: folder, expected: "folders named by the model's labels, or by none of them",
                found: "\"\(names[contradicted])\" and \"\(stranger)\" (--labels-map FILE says which is which)")
        }
        return (Array(names.indices), remarks(names, options))
    }

    private static func firstPair(_ indices: [Int]) -> (Int, Int)? {
        var first: [Int: Int] = [:]
        for (position, index) in indices.enumerated() {
            if let earlier = first.updateValue(position, forKey: index) { return (earlier, position) }
        }
        return nil
    }

    private static func remarks(_ names: [String], _ options: DatasetOptions) -> [String] {
        guard options.order == nil else { return [] }
        let reason = options.classes.labels.isEmpty ? "the network has no labels" : "no label names the class folders"
        var remark = "\(reason): they are taken for the classes in the order of their names"
        if ClassOrder.natural.sorted(names) != names {
            remark += ", in which \(names.first ?? "") is followed by \(names.dropFirst().first ?? "")"
            remark += " (--class-order natural counts; name confirms)"
        }
        return [remark]
    }

    private static func describe(_ folders: [String]) -> String {
        folders.prefix(3).joined(separator: ", ") + (folders.count > 3 ? " … (\(folders.count))" : "")
    }

    package func label(_ index: Int) -> Int { Int(images[index].label) }

    package func name(_ index: Int) -> String { images[index].path }

    package func image(_ index: Int, _ limits: ImageLimits) throws -> RGBImage {
        try RGBImage.decode(path: images[index].path, limits: limits)
    }
}
