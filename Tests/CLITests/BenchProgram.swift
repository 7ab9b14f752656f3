import Foundation
import TestSupport

/// Runs `condensenet bench` and `condensenet report` in a folder of their own.
final class BenchProgram {
    struct Result {
        let code: Int32
        let output: String
        let diagnostics: String
    }

    struct NotBuilt: Error {}

    /// The trained model that comes with the program.
    static let model = Fixture.root.appendingPathComponent("models/fashion-mnist.safetensors").path
    /// An architecture file.
    static let architecture = Fixture.root.appendingPathComponent("models/cifar-condensenet-50.json").path

    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The path of a file in the folder.
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// The text of a file in the folder.
    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    /// A file of JSON in the folder, read by a parser that is not the program's: an array of objects.
    func objects(_ name: String) throws -> [[String: Any]] {
        try Self.objects(try text(name))
    }

    static func objects(_ json: String) throws -> [[String: Any]] {
        try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]] ?? []
    }

    /// Runs the program to its end; standard output and error go through files, which never fill.
    func run(_ arguments: [String]) throws -> Result {
        let process = Process()
        process.executableURL = try Self.program()
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        func handle(_ name: String) throws -> FileHandle {
            FileManager.default.createFile(atPath: path(name), contents: nil)
            return try FileHandle(forUpdating: URL(fileURLWithPath: path(name)))
        }
        process.standardOutput = try handle("output")
        process.standardError = try handle("diagnostics")
        try process.run()
        process.waitUntilExit()
        let isExit = process.terminationReason == .exit
        return Result(
            code: isExit ? process.terminationStatus : -process.terminationStatus, output: try text("output"),
            diagnostics: try text("diagnostics"))
    }

    /// The program beside the test bundle, in the folder of the same build.
    private static func program() throws -> URL {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        var folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
        while folder.path != "/" {
            let program = folder.appendingPathComponent("condensenet")
            if FileManager.default.isExecutableFile(atPath: program.path) { return program }
            folder.deleteLastPathComponent()
        }
        throw NotBuilt()
    }
}
