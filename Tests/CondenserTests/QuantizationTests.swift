import CondenseNet
import Foundations
import ModelFormat
import TestSupport
import Testing

@testable import Condenser

/// Networks of bytes: what the file says, what the plain evaluator computes and what the runtime computes.
struct QuantizationTests {
    @Test("a byte's scale covers the range; a channel that is always 0 takes nothing from the others")
    func scales() {
        let scales = ByteScale.all([0...255, -255...0, -127.5...382.5, 0...0, -1e-44...1e-44])
        #expect(scales.map(\.scale) == [1, 1, 2, 1, 1])
        #expect(scales.map(\.zero) == [-128, 127, -64, -128, -128])
        #expect(ByteScale.all([0...0, 0...2.55]).map(\.scale) == [0.01, 0.01])
        #expect(ByteScale.all([0...0]) == [ByteScale(scale: 1, zero: -128)])
        let numbers: [Double] = [-1000, -128.5, -0.5, 0.5, 1.5, 127.4, 1e30]
        let bytes: [Int8] = [-128, -128, 0, 0, 2, 127, 127]
        #expect(numbers.map { Int8(rounding: $0) } == bytes)
    }

    @Test("only what has no noise is exact")
    func decibels() {
        let shape = PlaneShape(channels: 1, height: 1, width: 1)
        let texts = [Double.infinity, 12.34, -.infinity, .nan].map {
            PrecisionReport.Row(layer: "a", shape: shape, decibels: $0).text
        }
        #expect(texts == ["exact", "12.3 dB", "no signal", "not finite"])
    }

    @Test("a byte of what is pooled stands for the padding of what reads the maxima")
    func paddingAfterMaxima() throws {
        let model = try ByteNetwork.model()
        let steps = try Quantization(of: model, ByteNetwork.images(model.description.inputShape, count: 16)).network
            .steps
        let (stem, spatial) = (steps[0], steps[2])
        let scale = try model.floats("spatial.scale")
        let shift = try model.floats("spatial.shift")
        var checked = 0
        for channel in spatial.channels where scale[channel] != 0 {
            let bytes = stem.outputs[channel]
            let padding = bytes.scale * Float(Int(spatial.pad[channel]) - Int(bytes.zero))
            let error = (padding + shift[channel] / scale[channel]).magnitude
            #expect(error <= 0.51 * bytes.scale, "\(channel)")
            checked += 1
        }
        #expect(checked == 7)
    }

    @Test("a padding that no byte after a ReLU stands for is refused by the step's name")
    func paddingBelowReLU() throws {
        let model = try ByteNetwork.model(stem: .relu)
        var refusal = ""
        do {
            _ = try Quantization(of: model, ByteNetwork.images(model.description.inputShape, count: 16))
        } catch let error as ConversionError {
            refusal = error.description
        }
        #expect(refusal.hasPrefix("int8: the padding of step spatial is a number below 0"), "\(refusal)")
    }

    @Test("images are as many as fit into memory unless someone says how many")
    func memory() throws {
        // At 8 bytes a pixel and colour of the input alone.
        let graph = ByteNetwork.graph(side: 801)
        let bytes = Quantization.bytesPerImage(graph)
        #expect(bytes > 8 * 3 * 801 * 801)
        let most = Quantization.imageBytes / bytes
        #expect(most > 16 && most < 256)
        #expect(try CalibrationImages.affordable(nil, bytes: bytes) == most)
        #expect(try CalibrationImages.affordable(most, bytes: bytes) == most)
        #expect(throws: ConversionError.self) { try CalibrationImages.affordable(most + 1, bytes: bytes) }
    }

    /// Two inputs in two groups, a 3×3 of one weight beside the centre, bounds, padding and a shuffle.
    @Test("a step's sums and bytes by hand")
    func arithmetic() throws {
        let step = Step(
            name: "a",
            operation: Convolution(
                preActivation: PreActivation(normalize: true, activation: .relu), outputChannels: 4, kernel: 3,
                padding: 1,
                groups: 2, shuffle: true),
            input: "x", inputChannels: 2, output: "y")
        var weights = [Int8](repeating: 0, count: 4 * 9)
        // The left neighbour and the centre of every output.
        for output in 0..<4 { (weights[9 * output + 3], weights[9 * output + 4]) = (Int8(output + 1), 10) }
        let integer = IntegerStep(
            step: step, channels: [0, 1], lower: [-5, -128], upper: [127, 7], pad: [-5, 7], weights: weights,
            multiplier: [0.5, 1, 0.25, 0.01], offset: [0, 0.5, -1000, 3], outputs: [], isLast: false)
        let input = Planes(PlaneShape(channels: 2, height: 1, width: 2), [-100, 20, 100, -3])
        let sums = try integer.sums(input)
        // p = [-5, 20] between -5s, and [7, -3] between 7s.
        #expect(sums.values == [-55, 195, -60, 190, 91, -9, 98, -2])
        // -27.5 and 97.5 to even, -59.5 and 127; then -128, 3.98 and 2.98. Output 1 of group 0 is stored as channel 2.
        #expect(integer.rescaled(sums).values == [-28, 98, -128, -128, -60, 127, 4, 3])
    }

    @Test("file, evaluator and runtime agree to the bit", arguments: [1, 2, 3, 4, 7, 8, 9, 13, 14, 15])
    func designs(design: Int) throws {
        let checkpoint = try SyntheticCheckpoint(Designs.all[design], seed: 7)
        var options = Conversion.Options()
        options.inference = Designs.options(Designs.all[design])
        let conversion = try Conversion(file: checkpoint.bytes(), name: "net", options: options)
        try expectSameBits(try ModelFile(bytes: conversion.bytes), decibels: 20)
    }

    @Test("every operation, norms of either sign and none, padding after a norm")
    func operations() throws { try expectSameBits(try ByteNetwork.model(), decibels: 20) }

    /// Quantises a model with images of noise and runs the result.
    private func expectSameBits(_ model: ModelFile, decibels: Double) throws {
        let images = ByteNetwork.images(model.description.inputShape, count: 16)
        let quantization = try Quantization(of: model, images)
        let file = try ModelFile(bytes: quantization.bytes)
        #expect(file.description.isQuantized && file.description.graph == model.description.graph)
        #expect(file.description.provenance?.source == model.description.provenance?.source)
        let session = try Session(plan: ExecutionPlan(Model(file)))
        let sample = try #require(file.description.sample)
        #expect(try session.logits(try sample.input(file.description.inputShape)) == sample.logits)
        for image in images.judged.prefix(4) {
            #expect(try session.logits(image.planes) == quantization.network.logits(image.planes))
        }
        #expect(quantization.report.rows.map(\.layer) == model.description.graph.steps.map(\.name))
        for row in quantization.report.rows { #expect(row.decibels > decibels, "\(row.layer): \(row.decibels)") }
        #expect(quantization.report.right == nil && quantization.report.images == 16)
    }

    @Test(
        "the report on half precision is that of its own kernels, whatever the processor computes such files in",
        .enabled(if: !KernelSets.usable(in: .f16).isEmpty, "needs kernels for half precision"))
    func halfPrecision() throws {
        var options = Conversion.Options()
        options.inference = Designs.options(Designs.all[1])
        options.precision = .f16
        let conversion = try Conversion(
            file: try SyntheticCheckpoint(Designs.all[1], seed: 7).bytes(), name: "net", options: options)
        let description = conversion.description
        let images = ByteNetwork.images(description.inputShape, count: 16)
        var done: [Int] = []
        let report = try conversion.halfPrecisionReport(on: images) { done.append($0 + 100 * $1) }
        #expect(done == (1...16).map { 1600 + $0 })
        #expect(report.precision == .f16 && report.images == 16 && report.right == nil)
        #expect(report.rows.map(\.layer) == description.graph.steps.map(\.name))

        let floats = try ModelFile.bytes(description, tensors: conversion.network.tensors)
        let half = ExecutionPlan.Options(instructionSet: .half)
        let sessions = [
            try Session(plan: ExecutionPlan(Model(ModelFile(bytes: floats)))),
            try Session(plan: ExecutionPlan(Model(ModelFile(bytes: conversion.bytes)), options: half)),
        ]
        var (signal, noise, same) = (0.0, 0.0, 0)
        for image in images.judged {
            let answers = try sessions.map { try $0.logits(image.planes) }
            for (expected, found) in zip(answers[0], answers[1]) {
                signal += Double(expected) * Double(expected)
                noise += (Double(found) - Double(expected)) * (Double(found) - Double(expected))
            }
            let classes = answers.map { logits in logits.firstIndex(of: logits.max()!) }
            same += classes[0] == classes[1] ? 1 : 0
        }
        #expect(noise > 0 && report.sameAnswers == same)
        #expect((report.difference / (noise / signal).squareRoot() - 1).magnitude < 1e-9)
        #expect(report.text().contains("half precision"))
    }

    @Test("offsets bring the mean of every output to the float network's, the same each time")
    func means() throws {
        let model = try ByteNetwork.model()
        let images = ByteNetwork.images(model.description.inputShape, count: 32)
        let quantization = try Quantization(of: model, images)
        #expect(try Quantization(of: model, images).bytes == quantization.bytes)
        let floats = try GraphEvaluator(model.description.graph, model)
        var wanted = [Double](repeating: 0, count: 10)
        var found = wanted
        for image in images.calibration {
            try floats.evaluate(image.planes) { position, _, output in
                guard position == model.description.graph.steps.count - 1 else { return }
                for index in wanted.indices { wanted[index] += output.values[index] / 32 }
            }
            for (index, logit) in try quantization.network.logits(image.planes).enumerated() {
                found[index] += Double(logit) / 32
            }
        }
        for (found, wanted) in zip(found, wanted) { #expect((found - wanted).magnitude < 1e-5) }
    }

    @Test("networks that are not computed with bytes are refused in words of their families")
    func refusals() throws {
        for (checkpoint, words) in [
            ("cdnv2-cifar/converted.pth.tar", "CondenseNetV2's accumulation"),
            ("comparison/resnet/checkpoint.pth", "residual"),
        ] {
            let model = try ModelFile(bytes: try Conversion(path: Fixture.path(checkpoint)).bytes)
            var refusal = ""
            do {
                _ = try Quantization(of: model, ByteNetwork.images(model.description.inputShape, count: 16))
            } catch let error as ConversionError {
                refusal = error.description
            }
            #expect(refusal.contains(words) && refusal.contains("float32"), "\(refusal)")
        }
        let model = try ByteNetwork.model()
        let bytes = try Quantization(of: model, ByteNetwork.images(model.description.inputShape, count: 16)).bytes
        #expect(throws: ConversionError.option("int8: the model is one of bytes already")) {
            try Quantization(
                of: try ModelFile(bytes: bytes), ByteNetwork.images(model.description.inputShape, count: 16))
        }
    }

    @Test("ONNX Runtime computes the same bits")
    func onnx() throws {
        let model = try ByteNetwork.model()
        let quantization = try Quantization(of: model, ByteNetwork.images(model.description.inputShape, count: 16))
        let shape = model.description.inputShape
        let images = (0..<4).flatMap { ByteNetwork.image($0, shape) }
        let logits = try (0..<4).flatMap { try quantization.network.logits(ByteNetwork.image($0, shape)) }
        let folder = try TemporaryFolder()
        try PythonTool.expectSuccess(
            "check-onnx.py",
            [
                try folder.write(try ONNXExporter.bytes(try ModelFile(bytes: quantization.bytes)), to: "model.onnx"),
                try folder.write(images, shape: [4, 3, shape.height, shape.width], to: "input.npy"),
                try folder.write(logits, shape: [4, logits.count / 4], to: "logits.npy"), "0",
            ])
    }
}

/// A network of all operations that bytes are computed by, and images of noise.
enum ByteNetwork {
    /// Image `number`: seeded noise, darker or brighter from image to image.
    static func image(_ number: Int, _ shape: PlaneShape) -> [Float] {
        var generator = SplitMix64(seed: UInt64(number) + 99)
        let (contrast, brightness) = (1 + generator.nextFloat() / 2, generator.nextFloat() / 2)
        return (0..<shape.count).map { _ in contrast * generator.nextFloat() + brightness }
    }

    static func images(_ shape: PlaneShape, count: Int) -> CalibrationImages {
        func noise(_ numbers: Range<Int>) -> [CalibrationImages.Image] {
            numbers.map { CalibrationImages.Image(planes: image($0, shape), label: nil) }
        }
        return CalibrationImages(
            calibration: noise(0..<count), judged: noise(count..<2 * count), summary: "noise", remarks: [])
    }

    /// - Parameters:
    ///   - stem: the activation of the first step.
    ///   - side: of the input.
    static func graph(stem: Activation = .none, side: Int = 13) -> Graph {
        func value(_ name: String, _ channels: Int, _ side: Int) -> Value {
            Value(name, PlaneShape(channels: channels, height: side, width: side))
        }
        let norm = PreActivation(normalize: true, activation: .relu)
        let steps = [
            Step(
                name: "stem", operation: Convolution(outputChannels: 8, kernel: 3, padding: 1, activation: stem),
                input: "image", inputChannels: 3, output: "stem"),
            Step(
                name: "largest", operation: Pooling(kind: .maximum, kernel: 3, stride: 2, padding: 1), input: "stem",
                inputChannels: 8, output: "block"),
            Step(
                name: "spatial",
                operation: Convolution(
                    preActivation: norm, outputChannels: 8, kernel: 3, padding: 1, groups: 2, bias: true, shuffle: true),
                input: "block", inputChannels: 8, output: "block", outputOffset: 8),
            Step(
                name: "averages",
                operation: Pooling(
                    kind: .average, preActivation: PreActivation(gather: 12, normalize: true), kernel: 3, stride: 2),
                input: "block", inputChannels: 16, output: "averages"),
            Step(
                name: "pointwise",
                operation: Convolution(
                    preActivation: PreActivation(gather: 8, activation: .relu), outputChannels: 12, kernel: 1,
                    groups: 4,
                    activation: .relu),
                input: "averages", inputChannels: 12, output: "pointwise"),
            Step(
                name: "means", operation: GlobalAveragePooling(preActivation: norm), input: "pointwise",
                inputChannels: 12,
                output: "means"),
            Step(
                name: "hidden", operation: Linear(outputs: 16, activation: .relu), input: "means", inputChannels: 12,
                output: "hidden"),
            Step(name: "logits", operation: Linear(outputs: 10), input: "hidden", inputChannels: 16, output: "logits"),
        ]
        return Graph(
            values: [
                value("image", 3, side), value("stem", 8, side), value("block", 16, (side + 1) / 2),
                value("averages", 12, (side - 1) / 4), value("pointwise", 12, (side - 1) / 4), value("means", 12, 1),
                value("hidden", 16, 1), value("logits", 10, 1),
            ], steps: steps, input: "image", output: "logits")
    }

    /// Random weights; some factors of norms are negative, one in each is 0.
    static func model(stem: Activation = .none) throws -> ModelFile {
        let graph = graph(stem: stem)
        let source = RandomTensors(graph, seed: 5)
        let tensors = try graph.tensors.map { tensor -> TensorData in
            if tensor.role.isIndex {
                return TensorData(
                    name: tensor.name, shape: tensor.shape, elements: .int32(Array(try source.indices(tensor.name))))
            }
            var floats = Array(try source.floats(tensor.name))
            if tensor.role == .scale {
                for channel in floats.indices where channel % 3 == 1 { floats[channel].negate() }
                floats[2] = 0
            }
            // Far from what is read, on both sides.
            if tensor.name == "spatial.shift" { (floats[0], floats[3]) = (4, -4) }
            return TensorData(name: tensor.name, shape: tensor.shape, elements: .float32(floats))
        }
        return try ModelFile(
            bytes: ModelFile.bytes(
                ModelDescription(
                    name: "every operation", graph: graph,
                    preprocessing: Preprocessing(resize: nil, crop: nil, mean: [0, 0, 0], std: [1, 1, 1]),
                    provenance: Provenance(
                        source: "none", sourceSHA256: String(repeating: "0", count: 64), converter: "none"),
                    sample: SampleAnswers(seed: 1, tolerance: 1e-5, logits: [Float](repeating: 1, count: 10))),
                tensors: tensors))
    }
}
