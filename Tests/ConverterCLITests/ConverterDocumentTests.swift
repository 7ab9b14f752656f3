import TestSupport
import Testing

/// docs/command-line.md describes what the converter's own help lists.
struct ConverterDocumentTests {
    @Test(arguments: [
        ("condensenet-convert", "convert"), ("condensenet-convert architecture", "architecture"),
        ("condensenet-convert export-onnx", "export-onnx"), ("condensenet-convert quantize", "quantize"),
    ])
    func everyOptionIsDescribed(title: String, command: String) throws {
        let help = try Program.convert([command, "--help"])
        #expect(help.code == 0 && help.output.contains("OPTIONS:"))
        #expect(try CommandLinePage().disagreements(on: title, help: help.output) == [])
    }
}
