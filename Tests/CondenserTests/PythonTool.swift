import Foundation
import ModelFormat
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
        let result = try run(script, arguments)
        #expect(result.code == 0, "\(python) tools/\(script): \(result.output)\(result.diagnostics)")
        return result.output
    }

    /// Expects ONNX's own checker to take `model`, and ONNX Runtime to give `logits`, image after image, for `images` of
    /// `shape`.
    static func expectAgreement(
        ofONNX model: [UInt8], images: [Float], shape: PlaneShape, logits: [Float]
    ) throws {
        let folder = try TemporaryFolder()
        let count = images.count / shape.count
        try expectSuccess(
            "check-onnx.py",
            [
                try folder.write(model, to: "model.onnx"),
                try folder.write(
                    images, shape: [count, shape.channels, shape.height, shape.width], to: "input.npy"),
                try folder.write(logits, shape: [count, logits.count / count], to: "logits.npy"),
            ])
    }

    /// Runs `tools/SCRIPT`.
    static func run(_ script: String, _ arguments: [String]) throws -> Program.Result {
        let path = Fixture.root.appendingPathComponent("tools/\(script)").path
        return try Program.run(at: "/usr/bin/env", [python, path] + arguments)
    }

    /// Whether the interpreter finds all of these modules.
    static func hasModules(_ names: [String]) -> Bool {
        let script = "import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, sys.argv[1:])))"
        return (try? Program.run(at: "/usr/bin/env", [python, "-c", script] + names).code) == 0
    }

    private static let python = ProcessInfo.processInfo.environment["CONDENSENET_PYTHON"] ?? "python3"
}

extension TemporaryFolder {
    /// Writes a NumPy file of float32 and returns its path.
    func write(_ values: [Float], shape: [Int], to name: String) throws -> String {
        let dimensions = shape.map { "\($0)," }.joined(separator: " ")
        let data = values.withUnsafeBytes { Array($0) }
        return try write(NumpyArray.file(shape: "(\(dimensions))", data), to: name)
    }
}
