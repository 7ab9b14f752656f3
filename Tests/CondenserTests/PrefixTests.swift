import Checkpoint
import Foundation
import TestSupport
import Testing

@testable import Condenser

/// Networks whose tensors bear the prefixes that wrappers put before their names.
struct PrefixTests {
    private typealias Tensors = [String: SyntheticCheckpoint.Tensor]

    /// `SyntheticCheckpoint` itself adds `module.`.
    private func convert(_ tensors: Tensors, inputSize: Int? = nil) throws -> Conversion {
        let folder = try TemporaryFolder()
        let path = folder.path("net.safetensors")
        try Data(try SyntheticCheckpoint.bytes(of: tensors)).write(to: URL(fileURLWithPath: path))
        var options = Conversion.Options()
        options.inference.inputSize = inputSize
        return try Conversion(path: path, options: options)
    }

    private func tensors(_ name: String) throws -> Tensors {
        let checkpoint = try Checkpoint.load(path: Fixture.path(name))
        return try Dictionary(
            uniqueKeysWithValues: checkpoint.names.map { name in
                let tensor = try #require(checkpoint[name])
                return (name, SyntheticCheckpoint.Tensor(shape: tensor.shape, values: try tensor.floats()))
            })
    }

    private func prefixed(_ tensors: Tensors, _ prefix: String) -> Tensors {
        Dictionary(uniqueKeysWithValues: tensors.map { (prefix + $0.key, $0.value) })
    }

    @Test(arguments: ["_orig_mod.", "model.", "_orig_mod.module.", "model._orig_mod.", "model.module.model."])
    func wrappedNetworks(prefix: String) throws {
        let network = try SyntheticCheckpoint(Designs.make { _ in }).tensors
        #expect(try convert(prefixed(network, prefix)).description.name == "CondenseNet-14")
    }

    /// Its own names begin with `model.`, but for those of `fc`.
    @Test(arguments: ["", "model.", "_orig_mod.model."]) func wrappedMobileNet(prefix: String) throws {
        let network = prefixed(try tensors("comparison/mobilenet/checkpoint.pth"), prefix)
        #expect(try convert(network, inputSize: 64).description.name == "MobileNet-v1")
    }

    @Test func mobileNetWithoutItsEnd() throws {
        let network = try tensors("comparison/mobilenet/checkpoint.pth").filter { !$0.key.hasPrefix("fc.") }
        #expect(try problems { try convert(network) } == ["fc.weight: missing", "fc.bias: missing"])
    }

    @Test func prefixThatNotEveryTensorHas() throws {
        var network = prefixed(try SyntheticCheckpoint(Designs.make { _ in }).tensors, "model.")
        network["loss.weight"] = SyntheticCheckpoint.Tensor(shape: [1], values: [1])
        let conversion = try convert(network)
        #expect(conversion.description.name == "CondenseNet-14")
        #expect(
            conversion.remarks.contains(
                "the tensors behind \"model.\" are taken; ignored beside them: loss.weight"))
    }

    @Test(arguments: ["net.", "student.model.", "_fsdp_wrapped_module.backbone."])
    func prefixOfAnotherKind(prefix: String) throws {
        for network in [
            try SyntheticCheckpoint(Designs.make { _ in }).tensors, try tensors("comparison/vgg/checkpoint.pth"),
            try tensors("comparison/resnet/checkpoint.pth"), try tensors("comparison/mobilenet/checkpoint.pth"),
        ] {
            let conversion = try convert(
                prefixed(network, prefix), inputSize: network["model.0.0.weight"] != nil ? 64 : nil)
            #expect(conversion.remarks.contains { $0.hasPrefix("the tensors behind") })
        }
    }

    @Test func twoNetworks() throws {
        let network = try SyntheticCheckpoint(Designs.make { _ in }).tensors
        let both = prefixed(network, "student.").merging(prefixed(network, "teacher.")) { first, _ in first }
        let found = try problems { try convert(both) }
        #expect(found.count == 1 && found[0].contains("(--weights student takes these)"), "\(found)")
    }
}
