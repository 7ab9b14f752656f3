import Foundation
import Testing
import TestSupport

/// A Python script of this repository, run by the interpreter that `CONDENSENET_PYTHON` names, `python3` without it.
///
/// The interpreter must have the packages that the script imports: a missing one is a failure, not a reason to skip.
enum PythonTool {
    /// Runs `tools/SCRIPT` and records an issue with its output unless it succeeds.
    ///
    /// - Returns: its standard output.
    @discardableResult
    static func expectSuccess(_ script: String, _ arguments: [String]) throws -> String {
        let (status, output, diagnostics) = try run(script, arguments)
        #expect(status == 0, "\(python) tools/\(script): \(output)\(diagnostics)")
        return output
    }

    /// Runs `tools/SCRIPT`.
    static func run(
        _ script: String, _ arguments: [String]
    ) throws -> (status: Int32, output: String, diagnostics: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python, Fixture.root.appendingPathComponent("tools/\(script)").path] + arguments
        let (output, diagnostics) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = diagnostics
        try process.run()
        func text(_ pipe: Pipe) throws -> String {
            String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        }
        let texts = (try text(output), try text(diagnostics))
        process.waitUntilExit()
        return (process.terminationStatus, texts.0, texts.1)
    }

    private static let python = ProcessInfo.processInfo.environment["CONDENSENET_PYTHON"] ?? "python3"
}

extension TemporaryFolder {
    /// Writes a file and returns its path.
    func write(_ bytes: [UInt8], as name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    /// Writes a NumPy file of float32 and returns its path.
    func write(_ values: [Float], shape: [Int], as name: String) throws -> String {
        let dimensions = shape.map { "\($0)," }.joined(separator: " ")
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(dimensions))}"
        while (10 + header.utf8.count) % 64 != 63 { header += " " }
        header += "\n"
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
        bytes += [UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)] + Array(header.utf8)
        values.withUnsafeBytes { bytes += $0 }
        return try write(bytes, as: name)
    }
}
