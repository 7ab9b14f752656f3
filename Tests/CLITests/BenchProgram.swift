import Foundation
import TestSupport

/// Runs `condensenet bench` and `condensenet report` in a folder of their own.
final class BenchProgram {
    /// The trained model that comes with the program.
    static let model = Fixture.root.appendingPathComponent("models/fashion-mnist.safetensors").path
    /// An architecture file.
    static let architecture = Fixture.root.appendingPathComponent("models/cifar-condensenet-50.json").path

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The path of a file in the folder.
    func path(_ name: String) -> String { folder.path(name) }

    /// The text of a file in the folder.
    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    /// A file of JSON in the folder, read by a parser that is not the program's: an array of objects.
    func objects(_ name: String) throws -> [[String: Any]] {
        try Self.objects(try text(name))
    }

    static func objects(_ json: String) throws -> [[String: Any]] {
        try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]] ?? []
    }

    /// Runs the program to its end.
    func run(_ arguments: [String]) throws -> Program.Result { try Program.run("condensenet", arguments) }
}
