import Foundation
import TestSupport
import Testing

/// What every attack on the command line expects of the program under attack.
enum Attack {
    static let model = Fixture.root.appendingPathComponent("models/fashion-mnist.safetensors").path
    static let architecture = Fixture.root.appendingPathComponent("models/condensenet-74-g8.json").path
    static let image = Fixture.root.appendingPathComponent("models/samples/bag.png").path
    static let smallModel = Fixture.path("models/cifar10-g4.safetensors")
    static let tensors = Fixture.path("cifar10-g4/input.npy")
    static let checkpoint = Fixture.path("cifar10-g4/dense.pth.tar")

    /// Expects an end with exit code `code` and, when that is not 0, a line on standard error that holds `message`.
    static func expect(
        _ result: Program.Result, code: Int32, _ message: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(result.code == code, "\(result.diagnostics)", sourceLocation: sourceLocation)
        guard code != 0 else { return }
        let line = result.diagnostics.split(separator: "\n").first { $0.hasPrefix("error: ") }
        #expect(
            line.map { message.isEmpty || $0.contains(message) } == true, "\(result.diagnostics)",
            sourceLocation: sourceLocation)
    }

    /// Commands that write a file: a program's name and its arguments up to the output's path. A build of the runtime
    /// alone has no converter.
    static let writers: [(program: String, arguments: [String])] = [
        ("condensenet", ["run", smallModel, "--input", tensors, "--output"]),
        ("condensenet-convert", [checkpoint, "-o"]),
    ].filter { (try? Program.url($0.program)) != nil }
}
