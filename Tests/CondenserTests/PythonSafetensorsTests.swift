import Condenser
import ModelFormat
import Testing
import TestSupport

/// Model files, opened by the library that defines their container.
struct PythonSafetensorsTests {
    @Test(
        arguments: ["cifar10-g4", "imagenet-g8", "cifar100-lgc-transitions", "cifar10-densenet"], [Precision.f32, .f16])
    func libraryFindsTheGraphsTensors(network: String, precision: Precision) throws {
        var options = Conversion.Options()
        options.precision = precision
        let conversion = try Conversion(path: Fixture.path("\(network)/dense.pth.tar"), options: options)
        let expected = conversion.description.graph.tensors.map { tensor in
            let type =
                switch tensor.role {
                case .index, .destinations: "I32"
                case .weight: precision == .f16 ? "F16" : "F32"
                default: "F32"
                }
            return ([tensor.name, type] + tensor.shape.map(String.init)).joined(separator: " ")
        }
        let folder = try TemporaryFolder()
        let listing = try PythonTool.expectSuccess(
            "check-safetensors.py", [try folder.write(conversion.bytes, to: "model.safetensors")])
        #expect(listing.split(separator: "\n").map(String.init) == expected.sorted())
    }
}
