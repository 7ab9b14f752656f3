import Testing

@testable import ModelFormat

/// The rules of each operation, on graphs of a single step.
@Suite struct OperationValidationTests {
    private let image = PlaneShape(channels: 3, height: 8, width: 8)

    private func graph(_ operation: any ModelFormat.Operation, output: PlaneShape, input: PlaneShape? = nil) -> Graph {
        let input = input ?? image
        return Graph(
            values: [
                Value("image", input), Value("out", output),
                Value("logits", PlaneShape(channels: 1, height: 1, width: 1)),
            ],
            steps: [
                Step(name: "it", operation: operation, input: "image", inputChannels: input.channels, output: "out"),
                Step(
                    name: "end", operation: Linear(outputs: 1), input: "out", inputChannels: 1,
                    output: "logits"),
            ],
            input: "image", output: "logits")
    }

    private func expect(
        _ expected: String, _ found: String, _ operation: any ModelFormat.Operation,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            throws: ModelFormatError.step(name: "it", expected: expected, found: found), sourceLocation: sourceLocation
        ) { try graph(operation, output: image).validate() }
    }

    private func convolution(_ change: (inout Convolution) -> Void) -> any ModelFormat.Operation {
        var convolution = Convolution(outputChannels: 3, kernel: 3, padding: 1)
        change(&convolution)
        return convolution
    }

    @Test func theUnchangedStepsPass() throws {
        #expect(try graph(convolution { _ in }, output: image).validate() == 81 * 64 + 64)
    }

    @Test(arguments: [0, -1, 65_537, .max, .min])
    func counts(count: Int) {
        expect("output channels from 1 to 65536", "\(count)", convolution { $0.outputChannels = count })
        expect("groups from 1 to 65536", "\(count)", convolution { $0.groups = count })
        expect("gathered channels from 1 to 65536", "\(count)", convolution { $0.preActivation.gather = count })
        expect(
            "gathered channels from 1 to 65536", "\(count)",
            GlobalAveragePooling(preActivation: PreActivation(gather: count)))
        expect("outputs from 1 to 65536", "\(count)", Linear(outputs: count))
    }

    @Test(arguments: [0, -1, 65, .max, .min])
    func windows(side: Int) {
        expect("kernel from 1 to 64", "\(side)", convolution { $0.kernel = side })
        expect("stride from 1 to 64", "\(side)", convolution { $0.stride = side })
        for kind in [Pooling.Kind.maximum, .average] {
            expect("kernel from 1 to 64", "\(side)", Pooling(kind: kind, kernel: side, stride: 1))
            expect("stride from 1 to 64", "\(side)", Pooling(kind: kind, kernel: 1, stride: side))
        }
    }

    @Test(arguments: [-1, 3, .max, .min])
    func padding(padding: Int) {
        expect("padding from 0 to 2", "\(padding)", convolution { $0.padding = padding })
        expect(
            "padding from 0 to 2", "\(padding)",
            Pooling(kind: .maximum, kernel: 3, stride: 1, padding: padding))
    }

    @Test func aPoolingWindowIsHalfInsideTheInput() {
        expect("pooling padding from 0 to 1", "2", Pooling(kind: .maximum, kernel: 3, stride: 1, padding: 2))
        expect("pooling padding from 0 to 0", "1", Pooling(kind: .average, kernel: 3, stride: 1, padding: 1))
    }

    @Test func groupsDivideInputsAndOutputs() {
        expect(
            "groups that divide 3 inputs and 4 outputs", "2", convolution { ($0.outputChannels, $0.groups) = (4, 2) })
        expect(
            "groups that divide 3 inputs and 4 outputs", "3", convolution { ($0.outputChannels, $0.groups) = (4, 3) })
        expect(
            "groups that divide 4 inputs and 3 outputs", "4",
            convolution { ($0.preActivation.gather, $0.groups) = (4, 4) })
    }

    @Test func aWindowFitsThePaddedInput() {
        expect("an input of at least 9×9 with its padding", "3×8×8", convolution { ($0.kernel, $0.padding) = (9, 0) })
        expect(
            "an input of at least 9×9 with its padding", "3×8×8",
            Pooling(kind: .average, kernel: 9, stride: 1))
    }

    @Test func summandsAreOfOneSize() {
        var graph = TinyModel.graph
        graph.values[4].shape = PlaneShape(channels: 8, height: 8, width: 8)
        graph.steps[4].operation = Pooling(kind: .maximum, kernel: 1, stride: 1)
        #expect(
            throws: ModelFormatError.step(
                name: "shortcut", expected: "two values of one size", found: "8×4×4 and 8×8×8")
        ) { try graph.validate() }
    }

    @Test func theOtherSummandIsThere() {
        var graph = TinyModel.graph
        graph.steps[5].operation = Addition(other: "nothing")
        #expect(
            throws: ModelFormatError.step(name: "shortcut", expected: "a declared value", found: "\"nothing\"")
        ) { try graph.validate() }
        graph.steps[5].operation = Addition(other: "sum")
        #expect(
            throws: ModelFormatError.step(
                name: "shortcut", expected: "1 to 0 input channels, as many as \"sum\" holds by then", found: "8")
        ) { try graph.validate() }
    }

    /// Every output size of a window is that of the definition: how many places it takes, moving by its stride.
    @Test func outputSizesAreThoseOfTheDefinition() throws {
        for side in 1...9 {
            for kernel in 1...9 {
                for stride in 1...4 {
                    for padding in 0..<kernel where side + 2 * padding >= kernel {
                        let places = Swift.stride(from: -padding, through: side + padding - kernel, by: stride)
                        let operation = Convolution(outputChannels: 1, kernel: kernel, stride: stride, padding: padding)
                        let graph = graph(
                            operation,
                            output: PlaneShape(
                                channels: 1, height: places.underestimatedCount, width: places.underestimatedCount),
                            input: PlaneShape(channels: 3, height: side, width: side))
                        #expect(throws: Never.self) { try graph.validate() }
                    }
                }
            }
        }
    }

    @Test func maximaAreTakenOfTheInputAsItIs() {
        expect(
            "no pre-activation before a maximum", "one",
            Pooling(kind: .maximum, preActivation: PreActivation(normalize: true), kernel: 1, stride: 1))
    }

    /// Steps are equal when their operations are, and operations of two types never.
    @Test func stepsCompareTheirOperations() {
        func step(_ operation: any ModelFormat.Operation) -> Step {
            Step(name: "it", operation: operation, input: "image", inputChannels: 3, output: "out")
        }
        #expect(step(convolution { _ in }) == step(convolution { _ in }))
        #expect(step(convolution { _ in }) != step(convolution { $0.activation = .relu }))
        #expect(step(Linear(outputs: 3)) != step(convolution { _ in }))
        #expect(step(Addition(other: "a")) != step(Addition(other: "b")))
    }
}
