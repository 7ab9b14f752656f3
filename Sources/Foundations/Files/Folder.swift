import Glibc

/// A folder that cannot be read.
package struct FolderError: CategorizedError {
    package let path: String
    /// The system's words for it.
    package let reason: String

    package var category: ErrorCategory { .missingInput }
    package var description: String { "\(path): \(reason)" }
}

/// Folders on disk.
package enum Folder {
    /// What a path names, symbolic links followed.
    package enum Kind: Equatable {
        case file
        case folder
        case other
        case missing(reason: String)
    }

    package static func kind(_ path: String) -> Kind {
        guard let status = status(path) else { return .missing(reason: String(cString: strerror(errno))) }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        default: .other
        }
    }

    /// The names in the folder at `path`, hidden ones left out, in the order of their bytes.
    ///
    /// - Throws: `FolderError` when the folder cannot be read.
    package static func names(_ path: String) throws -> [String] {
        guard let stream = opendir(path) else {
            throw FolderError(path: path, reason: String(cString: strerror(errno)))
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
    /// - Throws: `FolderError` when the folder cannot be read.
    package static func subfolders(_ path: String) throws -> [String] {
        try names(path).filter { kind("\(path)/\($0)") == .folder }
    }

    /// What tells one file or folder from another, whatever path leads to it; `nil` where there is none.
    package static func identity(_ path: String) -> Identity? {
        status(path).map { Identity(device: UInt64($0.st_dev), node: UInt64($0.st_ino)) }
    }

    /// What tells one file or folder from another.
    package struct Identity: Hashable, Sendable {
        fileprivate let device: UInt64
        fileprivate let node: UInt64
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }
}
