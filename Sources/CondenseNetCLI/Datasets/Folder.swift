import Glibc

/// Folders on disk.
enum Folder {
    /// What a path names, symbolic links followed.
    enum Kind: Equatable {
        case file
        case folder
        case other
        case missing(reason: String)
    }

    static func kind(_ path: String) -> Kind {
        guard let status = status(path) else { return .missing(reason: String(cString: strerror(errno))) }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        default: .other
        }
    }

    /// The names in the folder at `path`, hidden ones left out, in the order of their bytes.
    ///
    /// - Throws: `CommandFailure` when the folder cannot be read.
    static func names(_ path: String) throws -> [String] {
        guard let stream = opendir(path) else {
            throw CommandFailure(.noInput, "\(path): \(String(cString: strerror(errno)))")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The folders in the folder at `path`, by name.
    ///
    /// - Throws: `CommandFailure` when the folder cannot be read.
    static func subfolders(_ path: String) throws -> [String] {
        try names(path).filter { kind("\(path)/\($0)") == .folder }
    }

    /// The paths of all image files in the folder at `path` and below: a folder's own files first, then its folders,
    /// each in the order of their names. A folder that symbolic links reach again is not entered again.
    ///
    /// - Throws: `CommandFailure` when a folder cannot be read.
    static func images(under path: String) throws -> [String] {
        var visited: Set<Identity> = []
        var images: [String] = []
        try collect(path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path, &visited, &images)
        return images
    }

    private static func collect(_ path: String, _ visited: inout Set<Identity>, _ images: inout [String]) throws {
        guard let status = status(path), visited.insert(Identity(device: status.st_dev, node: status.st_ino)).inserted
        else { return }
        var folders: [String] = []
        for name in try names(path) {
            let entry = "\(path)/\(name)"
            if kind(entry) == .folder {
                folders.append(entry)
            } else if hasImageSuffix(name) {
                images.append(entry)
            }
        }
        for folder in folders { try collect(folder, &visited, &images) }
    }

    /// Whether a file is named like an image. Formats that are not decoded here count too, so that such a file is
    /// reported rather than passed over.
    static func hasImageSuffix(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return imageSuffixes.contains(name[name.index(after: dot)...].lowercased())
    }

    private static let imageSuffixes: Set<String> = [
        "jpg", "jpeg", "png", "ppm", "pgm", "pnm", "bmp", "tif", "tiff", "webp",
    ]

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    /// What tells one folder from another, whatever path leads to it.
    private struct Identity: Hashable {
        let device: UInt
        let node: UInt
    }
}
