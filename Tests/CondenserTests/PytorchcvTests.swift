import TestSupport
import Testing

/// The full networks of pytorchcv against its own answers, where its Python packages are installed.
struct PytorchcvTests {
    @Test(
        .enabled(if: PythonTool.hasModules(["numpy", "pytorchcv", "torch"]), "needs tools/requirements-pytorchcv.txt"))
    func convertedNetworksAnswerAsPyTorchDoes() throws {
        let output = try PythonTool.expectSuccess(
            "check-pytorchcv.py", [try Program.url("condensenet-convert").path, try Program.url("condensenet").path])
        for name in ["condensenet74_c4_g4", "condensenet74_c8_g8"] { #expect(output.contains("\(name): ")) }
    }
}
