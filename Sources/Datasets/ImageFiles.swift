import Foundations
import Glibc

/// Image files in folders, told by their names.
package enum ImageFiles {
    /// The paths of all image files in the folder at `path` and below: a folder's own files first, then its folders,
    /// each in the order of their names. A folder that symbolic links reach again is not entered again.
    ///
    /// - Parameter problem: told of what is passed over below: a folder that cannot be read, a path that is too long.
    /// - Throws: `FolderError` when the folder itself cannot be read.
    package static func under(_ path: String, problem: (any CategorizedError) -> Void) throws -> [String] {
        var root = path
        while root.count > 1, root.hasSuffix("/") { root.removeLast() }
        var visited: Set<Folder.Identity> = []
        var images: [String] = []
        var pending = [root]
        // No recursion: folders may be nested as deep as a path is long.
        while let folder = pending.popLast() {
            guard let identity = Folder.identity(folder), visited.insert(identity).inserted else { continue }
            let names: [String]
            do {
                names = try Folder.names(folder)
            } catch let error as FolderError {
                guard folder != root else { throw error }
                problem(error)
                continue
            }
            var folders: [String] = []
            for name in names {
                let entry = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
                switch Folder.kind(entry) {
                case .folder: folders.append(entry)
                case .missing(let reason) where entry.utf8.count >= Int(PATH_MAX):
                    problem(DatasetError.missing(path: folder, reason: "holds more folders; \(reason)"))
                default: if hasImageSuffix(name) { images.append(entry) }
                }
            }
            pending += folders.reversed()
        }
        return images
    }

    /// Whether a file is named like an image. Formats that are not decoded here count too, so that such a file is
    /// reported rather than passed over.
    package static func hasImageSuffix(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return suffixes.contains(name[name.index(after: dot)...].lowercased())
    }

    private static let suffixes: Set<String> = [
        "jpg", "jpeg", "jpe", "jfif", "png", "ppm", "pgm", "pnm", "webp", "bmp", "tif", "tiff", "gif", "heic", "heif",
        "avif", "jp2", "jxl",
    ]
}
