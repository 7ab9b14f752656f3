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
        try expectListing(of: conversion.bytes, conversion.description, weights: precision == .f16 ? "F16" : "F32")
    }

    @Test func libraryFindsTheTensorsOfANetworkOfBytes() throws {
        let model = try ByteNetwork.model()
        let quantization = try Quantization(of: model, ByteNetwork.images(model.description.inputShape, count: 16))
        try expectListing(of: quantization.bytes, quantization.description, weights: "I8")
    }

    private func expectListing(of bytes: [UInt8], _ description: ModelDescription, weights: String) throws {
        let expected = description.tensors.map { tensor in
            let type =
                switch tensor.elements {
                case .indices: "I32"
                case .bytes: "I8"
                case .numbers where tensor.role == .weight: weights
                case .numbers, .floats, .positiveFloats: "F32"
                }
            return ([tensor.name, type] + tensor.shape.map(String.init)).joined(separator: " ")
        }
        let folder = try TemporaryFolder()
        let listing = try PythonTool.expectSuccess(
            "check-safetensors.py", [try folder.write(bytes, to: "model.safetensors")])
        #expect(listing.split(separator: "\n").map(String.init) == expected.sorted())
    }
}
