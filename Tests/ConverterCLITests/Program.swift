import Foundation

/// A program built with the tests, run as its users run it.
enum Program {
    /// What a run left behind.
    struct Result {
        let code: Int32
        let output: String
        let diagnostics: String
    }

    struct NotBuilt: Error { let path: String }

    /// Runs `condensenet-convert`.
    ///
    /// - Parameter output: where standard output goes; `nil` collects it.
    static func convert(_ arguments: [String], output: FileHandle? = nil) throws -> Result {
        let process = Process()
        process.executableURL = try url("condensenet-convert")
        process.arguments = arguments
        let (outputPipe, errorPipe) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output ?? outputPipe
        process.standardError = errorPipe
        try process.run()
        // What either writes fits a pipe's buffer several times over.
        let text = output == nil ? outputPipe.fileHandleForReading.readDataToEndOfFile() : Data()
        let diagnostics = errorPipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationReason == .exit else {
            return Result(code: -process.terminationStatus, output: "", diagnostics: "ended by a signal")
        }
        return Result(
            code: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            diagnostics: String(decoding: diagnostics, as: UTF8.self))
    }

    /// The program beside the test bundle, in the folder of the same build.
    private static func url(_ name: String) throws -> URL {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        var folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
        while folder.path != "/" {
            let program = folder.appendingPathComponent(name)
            if FileManager.default.isExecutableFile(atPath: program.path) { return program }
            folder.deleteLastPathComponent()
        }
        throw NotBuilt(path: name)
    }
}

/// A folder that vanishes with the test that made it.
final class TemporaryFolder {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("convert-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The path of a file in the folder.
    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// The names of the files in the folder, sorted.
    var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }

    /// The bytes of a file in the folder.
    func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url.appendingPathComponent(name))) }

    /// Writes a file into the folder.
    ///
    /// - Returns: its path.
    func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        try Data(bytes).write(to: url.appendingPathComponent(name))
        return path(name)
    }
}
