import Foundations
import TestSupport
import Testing

@testable import ModelFormat

/// Files of version 1 load for good, as the same networks.
@Suite struct FormatVersionTests {
    private func parse(_ text: String) throws -> ModelDescription {
        try Array(text.utf8).withUnsafeBytes(ArchitectureFile.parse)
    }

    private func architecture(_ path: String) throws -> ModelDescription {
        try FileInput.read(path, limit: FormatLimits.headerBytes).withUnsafeBytes(ArchitectureFile.parse)
    }

    @Test(arguments: ["condensenet-74-g8", "mobilenet-v1"])
    func architecturesOfVersion1AreThoseOfToday(name: String) throws {
        let old = try architecture(Fixture.path("models-v1/\(name).json"))
        #expect(try old == architecture(Fixture.root.appendingPathComponent("models/\(name).json").path))
        #expect(try parse(ArchitectureFile.text(old)) == old)
    }

    /// What the flags of version 1 mean, step by step.
    @Test func flagsOfVersion1() throws {
        let graph = try architecture(Fixture.path("models-v1/every-operation.json")).graph
        let stage = PreActivation(gather: 4, normalize: true, activation: .relu)
        let expected: [any Operation] = [
            Convolution(outputChannels: 4, kernel: 3, padding: 1),
            Convolution(
                preActivation: stage, outputChannels: 8, kernel: 1, groups: 2, bias: true, activation: .relu,
                shuffle: true),
            Convolution(outputChannels: 4, kernel: 3, padding: 1, groups: 2),
            Pooling(kind: .average, kernel: 2, stride: 2),
            Pooling(kind: .maximum, kernel: 3, stride: 2, padding: 1), Addition(other: "maxima", activation: .relu),
            GlobalAveragePooling(preActivation: PreActivation(gather: 6, normalize: true, activation: .relu)),
            Linear(outputs: 5),
        ]
        #expect(graph.steps.count == expected.count)
        for (step, operation) in zip(graph.steps, expected) {
            #expect(step.operation.isEqual(to: operation), "\(step.name)")
        }
    }

    @Test func modelsOfVersion1HaveTheSameTensors() throws {
        let old = try ModelFile(path: Fixture.path("models-v1/cifar10-g4.safetensors"))
        let new = try ModelFile(path: Fixture.path("models/cifar10-g4.safetensors"))
        #expect(old.description.graph == new.description.graph)
        #expect(old.description.preprocessing == new.description.preprocessing)
        #expect(old.description.sample == new.description.sample)
        for tensor in old.description.graph.tensors {
            if tensor.role.isIndex {
                #expect(try old.indices(tensor.name).elementsEqual(new.indices(tensor.name)), "\(tensor.name)")
            } else {
                let (first, second) = (try old.floats(tensor.name), try new.floats(tensor.name))
                #expect(first.map(\.bitPattern) == second.map(\.bitPattern), "\(tensor.name)")
            }
        }
    }

    /// A member of another version is one that nobody asked for.
    @Test func versionsDoNotMix() {
        var forged = ForgedModel()
        forged[step: "shortcut"].remove("activation")
        forged[step: "shortcut"]["relu"] = true
        expect(.member(path: "graph.steps[5]", expected: "no member \"relu\"", found: "one"), loading: forged)
        forged = ForgedModel()
        forged.metadata["version"] = "1"
        expect(.member(path: "graph.steps[1]", expected: "no member \"preActivation\"", found: "one"), loading: forged)
    }

    @Test func activationsByName() throws {
        let text = ArchitectureFile.text(try architecture(Fixture.path("models-v1/every-operation.json")))
        #expect(try parse(text).graph.steps[5].operation.activation == .relu)
        let swish = try parse(text.replacing("\"activation\": \"relu\"", with: "\"activation\": \"hardSwish\""))
        #expect(swish.graph.steps[5].operation.activation == .hardSwish)
        #expect(swish.graph.steps[1].operation.preActivation.activation == .hardSwish)
        #expect(
            throws: JSONError.member(
                path: "graph.steps[1].preActivation.activation", expected: "none, relu, hardSwish", found: "\"gelu\"")
        ) { try parse(text.replacing("\"activation\": \"relu\"", with: "\"activation\": \"gelu\"")) }
    }

    @Test func interpolation() throws {
        var description = try architecture(Fixture.path("models-v1/mobilenet-v1.json"))
        #expect(description.preprocessing.interpolation == .bilinear)
        #expect(!ArchitectureFile.text(description).contains("interpolation"))
        description.preprocessing.interpolation = .bicubic
        let text = ArchitectureFile.text(description)
        #expect(try parse(text) == description)
        #expect(
            throws: JSONError.member(
                path: "preprocessing.interpolation", expected: "bilinear or bicubic", found: "\"nearest\"")
        ) { try parse(text.replacing("bicubic", with: "nearest")) }
    }
}
