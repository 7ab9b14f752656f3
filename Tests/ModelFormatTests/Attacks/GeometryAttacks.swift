import ModelFormat
import Testing

/// Class 8: geometry that does not work out, or asks for the impossible.
@Suite struct GeometryAttacks {
    @Test(arguments: [3, 5, 6, 7])
    func groupsThatDoNotDivideTheChannels(groups: Int) {
        expect(
            .step(name: "layer.conv_2", expected: "groups that divide 8 inputs and 4 outputs", found: "\(groups)")
        ) { $0[step: "layer.conv_2"]["groups"] = .integer(groups) }
    }

    @Test(arguments: [0, -1, .min])
    func groupsThatWouldDivideByZeroOrLess(groups: Int) {
        expect(.step(name: "layer.conv_2", expected: "groups from 1 to 65536", found: "\(groups)")) {
            $0[step: "layer.conv_2"]["groups"] = .integer(groups)
        }
    }

    @Test func sizesThatFallToZero() {
        expect(.step(name: "average", expected: "an input of at least 9×9 with its padding", found: "8×8×8")) {
            $0[step: "average"]["kernel"] = 9
        }
        expect(
            .value(name: "pooled", expected: "1 to 65536 channels and sides of 1 to 16384", found: "8×0×4")
        ) { $0[value: "pooled"]["shape"] = [8, 0, 4] }
    }

    @Test func aStrideOfNothing() {
        expect(.step(name: "average", expected: "stride from 1 to 64", found: "0")) {
            $0[step: "average"]["stride"] = 0
        }
    }

    @Test func aWindowThatSeesOnlyPadding() {
        expect(.step(name: "stem", expected: "padding from 0 to 2", found: "3")) { $0[step: "stem"]["padding"] = 3 }
        expect(.step(name: "maximum", expected: "pooling padding from 0 to 1", found: "2")) {
            $0[step: "maximum"]["padding"] = 2
        }
    }

    @Test(arguments: [-4, 3, 5, .max, .min])
    func aStepThatWritesOutsideItsValue(offset: Int) {
        expect(
            .step(
                name: "layer.conv_2", expected: "output offset 4, the first channel of \"block\" yet unwritten",
                found: "\(offset)")
        ) { $0[step: "layer.conv_2"]["outputOffset"] = .integer(offset) }
    }

    @Test func aStepThatReadsBeforeAnythingIsWritten() {
        expect(
            .step(name: "stem", expected: "1 to 0 input channels, as many as \"sum\" holds by then", found: "3")
        ) { $0[step: "stem"]["input"] = "sum" }
    }

    @Test func channelsThatNobodyWrites() {
        expect(.value(name: "block", expected: "9 channels written by the steps", found: "8")) {
            $0[value: "block"]["shape"] = [9, 8, 8]
        }
    }

    // MARK: Bombs, a few hundred bytes each

    /// What an architecture file with these values and steps, and a linear classifier over `last`, is refused for.
    private func refusal(
        image: PlaneShape = PlaneShape(channels: 3, height: 8, width: 8), values: [Value], steps: [Step]
    ) -> ModelFormatError? {
        let last = values.last!
        let graph = Graph(
            values: [Value("image", image)] + values + [Value("logits", PlaneShape(channels: 1, height: 1, width: 1))],
            steps: steps + [
                Step(
                    name: "classifier", operation: Linear(outputs: 1), input: last.name, inputChannels: 1,
                    output: "logits")
            ],
            input: "image", output: "logits")
        let description = ModelDescription(
            name: "Bomb", graph: graph,
            preprocessing: Preprocessing(resize: nil, crop: nil, mean: [0, 0, 0], std: [1, 1, 1]))
        let text = Array(ArchitectureFile.text(description).utf8)
        do {
            _ = try text.withUnsafeBytes { try ArchitectureFile.parse($0) }
            return nil
        } catch { return error as? ModelFormatError }
    }

    @Test func aValueOf64TiB() {
        expect(.limit(what: "bytes of value sum", found: 4 << 44, limit: 512 << 20)) {
            $0[value: "sum"]["shape"] = [65_536, 16_384, 16_384]
        }
    }

    @Test func aGatherThatMultipliesItsInput() {
        let shape = PlaneShape(channels: 3, height: 4096, width: 4096)
        let gather = Convolution(preActivation: PreActivation(gather: 65_536), outputChannels: 1, kernel: 1, stride: 64)
        #expect(
            refusal(
                image: shape, values: [Value("out", PlaneShape(channels: 1, height: 64, width: 64))],
                steps: [
                    Step(name: "it", operation: gather, input: "image", inputChannels: 3, output: "out")
                ])
                == .limit(what: "bytes of the gathered input of step it", found: 4 << 40, limit: 512 << 20))
    }

    @Test func multiplyAccumulatesWithoutEnd() {
        let shape = PlaneShape(channels: 3, height: 4096, width: 4096)
        let convolution = Convolution(outputChannels: 4, kernel: 63, padding: 31)
        let operations = 3 << 24 + (4 << 24) * 3 * 63 * 63
        #expect(
            refusal(
                image: shape, values: [Value("out", PlaneShape(channels: 4, height: 4096, width: 4096))],
                steps: [
                    Step(
                        name: "it", operation: convolution, input: "image", inputChannels: 3,
                        output: "out")
                ]) == .limit(what: "operations up to step it", found: operations, limit: 1 << 37))
    }

    @Test func poolingWithoutEnd() {
        let shape = PlaneShape(channels: 3, height: 4096, width: 4096)
        let pooling = Pooling(kind: .maximum, kernel: 63, stride: 1, padding: 31)
        #expect(
            refusal(
                image: shape, values: [Value("out", shape)],
                steps: [Step(name: "it", operation: pooling, input: "image", inputChannels: 3, output: "out")]
            )
                == .limit(what: "operations up to step it", found: 3 * 63 * 63 << 24, limit: 1 << 37))
    }

    @Test func additionsWithoutEnd() {
        let shape = PlaneShape(channels: 3, height: 8192, width: 5461)
        let values = (1...1100).map { Value("v\($0)", shape) }
        let steps = (1...1100).map {
            Step(
                name: "a\($0)", operation: Addition(other: "image"),
                input: $0 == 1 ? "image" : "v\($0 - 1)", inputChannels: 3, output: "v\($0)")
        }
        #expect(
            refusal(image: shape, values: values, steps: steps)
                == .limit(what: "operations up to step a1025", found: 1025 * shape.count, limit: 1 << 37))
    }

    @Test func globalPoolingOfOneValueOverAndOver() {
        let shape = PlaneShape(channels: 3, height: 8192, width: 5461)
        let values = [Value("out", PlaneShape(channels: 3300, height: 1, width: 1))]
        let steps = (0..<1100).map {
            Step(
                name: "g\($0)", operation: GlobalAveragePooling(preActivation: PreActivation(gather: 3)),
                input: "image",
                inputChannels: 3, output: "out", outputOffset: 3 * $0)
        }
        #expect(
            refusal(image: shape, values: values, steps: steps)
                == .limit(what: "operations up to step g1024", found: 1025 * shape.count, limit: 1 << 37))
    }

    /// No weights are in an architecture file, but the runtime makes them.
    @Test func weightsThatNoMemoryHolds() {
        let vector = PlaneShape(channels: 65_536, height: 1, width: 1)
        let linear = Linear(outputs: 65_536)
        let first = 4 * (65_536 * 3 * 64 + 65_536)
        #expect(
            refusal(
                values: [Value("a", vector), Value("b", vector)],
                steps: [
                    Step(name: "one", operation: linear, input: "image", inputChannels: 3, output: "a"),
                    Step(name: "two", operation: linear, input: "a", inputChannels: 65_536, output: "b"),
                ])
                == .limit(
                    what: "bytes of weights up to step two", found: first + 4 * (65_536 * 65_536 + 65_536),
                    limit: 1 << 30))
    }

    @Test func stepsWithoutEnd() {
        let values = (0...5000).map { Value("v\($0)", PlaneShape(channels: 3, height: 8, width: 8)) }
        #expect(refusal(values: values, steps: []) == .limit(what: "values of the graph", found: 5003, limit: 4096))
        let out = [Value("out", PlaneShape(channels: 60_000, height: 8, width: 8))]
        let steps = (0..<5000).map {
            Step(
                name: "s\($0)", operation: Addition(other: "image"), input: "image", inputChannels: 3,
                output: "out", outputOffset: 3 * $0)
        }
        #expect(
            refusal(values: out, steps: steps) == .limit(what: "steps of the graph", found: 5001, limit: 4096))
    }

    /// Groups of one output each: few weights in the file, sixteen times as many where kernels pad a group's outputs.
    @Test func weightsThatArePaddedBeyondTheLimit() {
        let count = 65_536
        let shape = PlaneShape(channels: count, height: 1, width: 1)
        let steps = 100
        var values = [Value("image", PlaneShape(channels: 3, height: 1, width: 1)), Value("v0", shape)]
        var chain = [
            Step(
                name: "s0", operation: Convolution(outputChannels: count, kernel: 1), input: "image", inputChannels: 3,
                output: "v0")
        ]
        for number in 1...steps {
            values.append(Value("v\(number)", shape))
            chain.append(
                Step(
                    name: "s\(number)", operation: Convolution(outputChannels: count, kernel: 1, groups: count),
                    input: "v\(number - 1)", inputChannels: count, output: "v\(number)"))
        }
        let graph = Graph(values: values, steps: chain, input: "image", output: "v\(steps)")
        let error = ModelFormatError.limit(
            what: "zeros that pad each group's outputs to sixteens up to step s69", found: 69 * 15 * count,
            limit: 1 << 26)
        #expect(throws: error) { try graph.validate() }
    }
}
