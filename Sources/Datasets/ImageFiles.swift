import Foundations

/// Image files in folders, told by their names.
package enum ImageFiles {
    /// The paths of all image files in the folder at `path` and below: a folder's own files first, then its folders,
    /// each in the order of their names. A folder that symbolic links reach again is not entered again.
    ///
    /// - Throws: `FolderError` when a folder cannot be read.
    package static func under(_ path: String) throws -> [String] {
        var visited: Set<Folder.Identity> = []
        var images: [String] = []
        try collect(path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path, &visited, &images)
        return images
    }

    private static func collect(
        _ path: String, _ visited: inout Set<Folder.Identity>, _ images: inout [String]
    ) throws {
        guard let identity = Folder.identity(path), visited.insert(identity).inserted else { return }
        var folders: [String] = []
        for name in try Folder.names(path) {
            let entry = "\(path)/\(name)"
            if Folder.kind(entry) == .folder {
                folders.append(entry)
            } else if hasImageSuffix(name) {
                images.append(entry)
            }
        }
        for folder in folders { try collect(folder, &visited, &images) }
    }

    /// Whether a file is named like an image. Formats that are not decoded here count too, so that such a file is
    /// reported rather than passed over.
    package static func hasImageSuffix(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return suffixes.contains(name[name.index(after: dot)...].lowercased())
    }

    private static let suffixes: Set<String> = [
        "jpg", "jpeg", "png", "ppm", "pgm", "pnm", "bmp", "tif", "tiff", "webp",
    ]
}
