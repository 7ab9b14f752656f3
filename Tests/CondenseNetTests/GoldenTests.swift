import ModelFormat
import TestSupport
import Testing

@testable import CondenseNet

/// Answers of the original code, image by image and layer by layer.
@Suite("Golden answers")
struct GoldenTests {
    @Test(
        "logits are the original code's",
        arguments: [
            ("cifar10-g4", "cifar10-g4", "converted"), ("cifar10-g4-full", "cifar10-g4", "dense"),
            ("imagenet-g8", "imagenet-g8", "converted"), ("imagenet-g8-full", "imagenet-g8", "dense"),
            ("fashion-mnist", "fashion-mnist", "converted"), ("cdnv2-cifar", "cdnv2-cifar", "dense"),
            ("cdnv2-imagenet", "cdnv2-imagenet", "converted"),
        ])
    func logits(model: String, fixture: String, kind: String) throws {
        let input = try Fixture.array("\(fixture)/input.npy")
        let expected = try Fixture.array("\(fixture)/logits-\(kind).npy")
        let file = try Model(path: Fixture.path("models/\(model).safetensors"))
        for kernels in KernelSets.usable {
            for winograd in [true, false] {
                let plan = try ExecutionPlan(file, options: .init(winograd: winograd, instructionSet: kernels))
                for threads in [1, 2] {
                    let session = try Session(plan: plan, threads: threads)
                    let actual = try input.images.flatMap { try session.logits($0) }
                    expectClose(actual, expected.values, "\(model), \(kernels), \(threads) threads, \(winograd)")
                }
            }
        }
    }

    @Test(
        "logits are x86-64's on every processor",
        arguments: [
            ("Tests/Fixtures/models/cifar10-g4", "cifar10-g4"), ("Tests/Fixtures/models-v1/cifar10-g4", "cifar10-g4"),
            ("Tests/Fixtures/models/cifar10-g4-full", "cifar10-g4"),
            ("Tests/Fixtures/models/imagenet-g8", "imagenet-g8"),
            ("Tests/Fixtures/models/imagenet-g8-full", "imagenet-g8"),
            ("Tests/Fixtures/models/fashion-mnist", "fashion-mnist"),
            ("Tests/Fixtures/models/cdnv2-cifar", "cdnv2-cifar"),
            ("Tests/Fixtures/models/cdnv2-imagenet", "cdnv2-imagenet"),
        ])
    func processors(model: String, fixture: String) throws {
        let url = Fixture.root.appendingPathComponent("\(model).safetensors")
        let expected = try Fixture.array("x86-64/\(url.deletingPathExtension().lastPathComponent).npy")
        let session = try Session(plan: try ExecutionPlan(try Model(path: url.path)))
        let actual = try Fixture.array("\(fixture)/input.npy").images.flatMap { try session.logits($0) }
        expectClose(actual, expected.values, model)
    }

    @Test(
        "photographs have x86-64's likeliest classes on every processor",
        arguments: [
            ("alpha-300x280.png", [301, 682, 277, 846, 890]), ("grey-300x301.png", [682, 301, 277, 302, 759]),
            ("landscape-500x333.png", [682, 301, 277, 460, 935]), ("palette-333x256.png", [682, 301, 277, 846, 759]),
            ("portrait-241x397.png", [301, 682, 846, 277, 890]), ("small-180x120.png", [682, 301, 277, 461, 846]),
            ("photo-640x480-q90.jpg", [301, 682, 277, 460, 890]), ("rotated-exif6.jpg", [682, 301, 461, 277, 444]),
            ("photo-progressive-420.jpg", [682, 301, 277, 846, 759]),
        ])
    func photographs(file: String, likeliest: [Int]) throws {
        let classifier = try Classifier(path: Fixture.path("models/imagenet-g8.safetensors"))
        #expect(try classifier.classify(path: Fixture.path("images/\(file)")).map(\.index) == likeliest)
    }

    @Test("every module's output is the original code's", arguments: [false, true])
    func modules(referenceKernels: Bool) throws {
        let model = try Model(path: Fixture.path("models/cifar10-g4-full.safetensors"))
        let session = try Session(
            plan: try ExecutionPlan(model, options: .init(retainsValues: true, referenceKernels: referenceKernels)))
        _ = try session.logits(try Fixture.array("cifar10-g4/input.npy").images[0])
        func tap(_ name: String) throws -> [Float] { try Fixture.array("cifar10-g4/tap-\(name).npy").values }

        // A block's first channels are what the step before the block wrote.
        for (module, value) in [
            ("init_conv", "denseblock_1"), ("transition_1", "denseblock_2"), ("transition_2", "denseblock_3"),
            ("denseblock_1", "denseblock_1"), ("denseblock_2", "denseblock_2"), ("denseblock_3", "denseblock_3"),
        ] {
            let expected = try tap(module)
            expectClose(Array(try session.value(value).prefix(expected.count)), expected, module)
        }

        // The last batch norm and its ReLU live in the pooling step, and are applied here to see them alone.
        let scale = try model.tensors.floats("features.pool_last.scale")
        let shift = try model.tensors.floats("features.pool_last.shift")
        let last = try session.value("denseblock_3")
        let pixels = last.count / scale.count
        let normalized = last.indices.map { last[$0] * scale[$0 / pixels] + shift[$0 / pixels] }
        expectClose(normalized, try tap("norm_last"), "norm_last")
        expectClose(normalized.map { max($0, 0) }, try tap("relu_last"), "relu_last")
        expectClose(try session.value("pool_last"), try tap("pool_last"), "pool_last")
    }

    @Test(
        "samples are classified as what they show, on every processor alike",
        arguments: [
            ("ankle-boot", "Ankle boot", [9, 0, 5, 7, 6]), ("bag", "Bag", [8, 0, 1, 9, 6]),
            ("dress", "Dress", [3, 1, 6, 4, 0]), ("sneaker", "Sneaker", [7, 5, 9, 0, 8]),
            ("trouser", "Trouser", [1, 2, 4, 3, 0]),
        ])
    func samples(file: String, label: String, likeliest: [Int]) throws {
        let folder = Fixture.root.appendingPathComponent("models").path
        let model = try Model(path: "\(folder)/fashion-mnist.safetensors")
        let image = "\(folder)/samples/\(file).png"
        let fast = try Classifier(Session(plan: ExecutionPlan(model))).classify(path: image)
        let plain = try Classifier(Session(plan: ExecutionPlan(model, options: .init(referenceKernels: true))))
            .classify(path: image)
        #expect(fast.first?.label == label)
        #expect(fast.map(\.index) == likeliest)
        #expect(plain.map(\.index) == likeliest)
    }
}

/// Expects values within 1e-5 of the largest magnitude expected.
private func expectClose(_ actual: [Float], _ expected: [Float], _ what: String) {
    #expect(actual.count == expected.count, "\(what)")
    let largest = expected.map(\.magnitude).max() ?? 0
    #expect(largest > 0, "\(what): nothing to compare with")
    let wrong = zip(actual, expected).first { !(($0 - $1).magnitude <= 1e-5 * largest) }
    #expect(wrong == nil, "\(what), largest \(largest)")
}
