import CondenseNet
import Condenser
import ModelFormat
import Testing
import TestSupport

/// Converted checkpoints in ONNX Runtime, against the answers of the original code.
struct ONNXFixtureTests {
    @Test(arguments: [
        "cifar10-g4", "imagenet-g8", "cifar100-lgc-transitions", "cifar10-densenet", "fashion-mnist",
    ]) func runtimeGivesTheOriginalLogits(network: String) throws {
        let folder = try TemporaryFolder()
        for (keep, answers) in [(nil, "converted"), (1, "dense")] as [(Double?, String)] {
            var options = Conversion.Options()
            options.classifierKeep = keep
            let conversion = try Conversion(path: Fixture.path("\(network)/dense.pth.tar"), options: options)
            let bytes = try ONNXExporter.bytes(try ModelFile(bytes: conversion.bytes))
            try PythonTool.expectSuccess(
                "check-onnx.py",
                [
                    try folder.write(bytes, to: "\(answers).onnx"), Fixture.path("\(network)/input.npy"),
                    Fixture.path("\(network)/logits-\(answers).npy"),
                ])
        }
    }

    @Test func otherLogitsAreNotAccepted() throws {
        let conversion = try Conversion(path: Fixture.path("cifar10-g4/dense.pth.tar"))
        let folder = try TemporaryFolder()
        let model = try folder.write(try ONNXExporter.bytes(try ModelFile(bytes: conversion.bytes)), to: "model.onnx")
        let arguments = [model, Fixture.path("cifar10-g4/input.npy"), Fixture.path("cifar10-g4/logits-dense.npy")]
        let result = try PythonTool.run("check-onnx.py", arguments)
        #expect(result.code == 1)
        #expect(result.output.contains("2 image(s): largest difference"))
        #expect(result.diagnostics == "expected at most 1e-5\n")
    }

    @Test func halfPrecisionIsWidened() throws {
        var options = Conversion.Options()
        options.precision = .f16
        let conversion = try Conversion(path: Fixture.path("cifar10-g4/dense.pth.tar"), options: options)
        let folder = try TemporaryFolder()
        try PythonTool.expectSuccess(
            "check-onnx.py",
            [
                try folder.write(try ONNXExporter.bytes(try ModelFile(bytes: conversion.bytes)), to: "model.onnx"),
                Fixture.path("cifar10-g4/input.npy"), Fixture.path("cifar10-g4/logits-converted.npy"), "1e-2",
            ])
    }

    @Test func fileOfEitherKindIsExported() throws {
        let conversion = try Conversion(path: Fixture.path("cifar10-g4/dense.pth.tar"))
        let folder = try TemporaryFolder()
        let model = try folder.write(conversion.bytes, to: "model.safetensors")
        #expect(try ONNXExporter.bytes(path: model) == ONNXExporter.bytes(try ModelFile(bytes: conversion.bytes)))

        let description = ONNXExampleGraph.description
        let architecture = try folder.write(Array(ArchitectureFile.text(description).utf8), to: "architecture.json")
        #expect(
            try ONNXExporter.bytes(path: architecture, seed: 9)
                == ONNXExporter.bytes(description, tensors: ONNXExampleGraph.tensors(seed: 9)))

        #expect(throws: ModelFormatError.self) {
            try ONNXExporter.bytes(path: try folder.write([1, 2, 3], to: "neither"))
        }
    }
}
