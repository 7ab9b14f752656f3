import ImageInput

/// A folder with one folder of images for each class, as torchvision's `ImageFolder` reads it.
struct ImageFolderDataset: Dataset {
    let kind = "ImageFolder"
    let classes: Int
    let isOrderedByClass = true
    private let images: [(path: String, label: Int32)]

    var count: Int { images.count }
    var files: [String] { images.map(\.path) }

    /// The folder that holds the class folders: a `train`, `val` or `test` folder in `root` where there are such, else
    /// `root` itself; `nil` when it holds no folders.
    ///
    /// - Throws: `CommandFailure` when a folder cannot be read, or the wanted part is missing.
    static func folder(_ root: String, split: Split) throws -> String? {
        let folders = try Folder.subfolders(root)
        guard !folders.isEmpty else { return nil }
        // ImageNet's test images come without labels: `val` is what results are reported on.
        let wanted = split == .train ? ["train"] : ["val", "test"]
        let isDivided = folders.allSatisfy(["train", "val", "test"].contains)
        if let part = isDivided ? wanted.first(where: folders.contains) : nil { return "\(root)/\(part)" }
        guard !isDivided, split == .test else {
            throw CommandFailure(
                .noInput,
                "\(root): expected a folder \(wanted.joined(separator: " or ")), found \(describe(folders))")
        }
        return root
    }

    /// - Parameters:
    ///   - classes: the model's classes.
    ///   - labels: the model's labels, or none.
    /// - Throws: `CommandFailure` when a folder cannot be read, or the folders are not the model's classes.
    init(folder: String, classes: Int, labels: [String]) throws {
        let names = try Folder.subfolders(folder)
        let indices = try Self.indices(of: names, classes: classes, labels: labels, folder: folder)
        var images: [(String, Int32)] = []
        for (name, index) in zip(names, indices) {
            images += try Folder.images(under: "\(folder)/\(name)").map { ($0, Int32(index)) }
        }
        self.images = images
        self.classes = (indices.max() ?? -1) + 1
    }

    /// The class of each folder. Folders named by the model's labels are those classes; else a folder for each class is
    /// numbered in the order of the names, as in training, unless a label among the names says otherwise.
    private static func indices(
        of names: [String], classes: Int, labels: [String], folder: String
    ) throws -> [Int] {
        // A label that two classes share names neither.
        let byLabel = Dictionary(labels.enumerated().map { ($1, [$0]) }, uniquingKeysWith: +).filter { $1.count == 1 }
        let named = names.compactMap { byLabel[$0]?.first }
        if named.count == names.count { return named }
        let stranger = names.first { byLabel[$0] == nil }!
        if names.count == classes {
            guard let contradicted = names.indices.first(where: { byLabel[names[$0]] ?? [$0] != [$0] }) else {
                return Array(names.indices)
            }
            let label = names[contradicted]
            throw CommandFailure(
                .badData,
                "\(folder): expected folders named by the model's labels, or by none of them, found \"\(label)\" and \"\(stranger)\""
            )
        }
        throw CommandFailure(
            .badData,
            "\(folder): expected \(classes) class folders, or folders named by the model's labels, found \(names.count), one named \"\(stranger)\""
        )
    }

    private static func describe(_ folders: [String]) -> String {
        folders.prefix(3).joined(separator: ", ") + (folders.count > 3 ? " … (\(folders.count))" : "")
    }

    func label(_ index: Int) -> Int { Int(images[index].label) }

    func name(_ index: Int) -> String { images[index].path }

    func image(_ index: Int) throws -> RGBImage { try RGBImage.decode(path: images[index].path) }
}
