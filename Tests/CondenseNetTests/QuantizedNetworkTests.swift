import Foundations
import ModelFormat
import TestSupport
import Testing

@testable import CondenseNet

/// Networks of bytes from input to logits.
@Suite("Networks of bytes") struct QuantizedNetworkTests {
    /// The networks that bytes can compute.
    private static let networks = TestNetwork.all.filter { network in
        (try? network.graph.validateQuantized()) != nil
    }

    @Test("there are networks of every kind") func kinds() { #expect(Self.networks.count >= 5) }

    @Test("every set of kernels, and any number of threads, gives the bits of the reference", arguments: networks)
    func bits(network: NamedGraph) throws {
        let model = try TestNetwork.model(network.graph, precision: .int8)
        let input = try TestNetwork.input(network.graph)
        let reference = try Session(plan: ExecutionPlan(model, options: .init(referenceKernels: true))).logits(input)
        #expect(Set(reference.map(\.bitPattern)).count > 1)
        for instructionSet in KernelSets.usable(in: .int8) {
            let plan = try ExecutionPlan(model, options: .init(instructionSet: instructionSet))
            for threads in 1...3 {
                let logits = try Session(plan: plan, threads: threads).logits(input)
                #expect(
                    logits.map(\.bitPattern) == reference.map(\.bitPattern), "\(instructionSet), \(threads) threads")
            }
        }
    }

    @Test("retained values are those of the reference, step by step", arguments: networks)
    func values(network: NamedGraph) throws {
        let model = try TestNetwork.model(network.graph, precision: .int8)
        let input = try TestNetwork.input(network.graph)
        let expected = try Session(
            plan: ExecutionPlan(model, options: .init(retainsValues: true, referenceKernels: true)))
        _ = try expected.logits(input)
        for instructionSet in KernelSets.usable(in: .int8) {
            let session = try Session(
                plan: ExecutionPlan(model, options: .init(retainsValues: true, instructionSet: instructionSet)))
            _ = try session.logits(input)
            for value in network.graph.values {
                #expect(try session.value(value.name) == expected.value(value.name), "\(instructionSet), \(value.name)")
            }
        }
    }

    @Test("the input is rounded to the nearest byte, ties to even, and held between the bounds") func input() throws {
        let graph = TestNetwork.condenseNet(size: 7)
        let plan = try ExecutionPlan(
            TestNetwork.model(graph, precision: .int8), options: .init(retainsValues: true))
        let session = try Session(plan: plan)
        var image = [Float](repeating: 0, count: 3 * 49)
        // The scale of a network of random weights is 1/32.
        let cases: [(Float, Float)] = [
            (0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0), (-1.5, -2), (126.5, 126), (127.5, 127), (1e30, 127),
            (-127.6, -128),
            (-1e30, -128), (.infinity, 127), (-.infinity, -128), (3.499, 3),
        ]
        for (position, number) in cases.enumerated() { image[position] = number.0 / 32 }
        _ = try session.logits(image)
        let value = try session.value("image")
        for (position, number) in cases.enumerated() { #expect(value[position] * 32 == number.1, "\(number.0)") }
        image[60] = .nan
        #expect(throws: RuntimeError.notANumber(index: 60)) { _ = try session.logits(image) }
    }

    @Test("kernels of floats are refused for a network of bytes, and those of bytes for others") func refusals() throws
    {
        let graph = TestNetwork.condenseNet(size: 7)
        let bytes = try TestNetwork.model(graph, precision: .int8)
        #expect(try ExecutionPlan(bytes).precision == .int8)
        let floats = Set(KernelSets.usable).subtracting(KernelSets.usable(in: .int8))
        for instructionSet in floats {
            #expect(throws: RuntimeError.precision(of: instructionSet, model: .int8)) {
                _ = try ExecutionPlan(bytes, options: .init(instructionSet: instructionSet))
            }
        }
        for instructionSet in Set(KernelSets.usable(in: .int8)).subtracting(KernelSets.usable) {
            #expect(throws: RuntimeError.precision(of: instructionSet, model: .f32)) {
                _ = try ExecutionPlan(TestNetwork.model(graph), options: .init(instructionSet: instructionSet))
            }
        }
    }

    @Test("panels beyond a thread's memory are refused before they are made") func panels() throws {
        func value(_ name: String, _ channels: Int, _ height: Int, _ width: Int) -> Value {
            Value(name, PlaneShape(channels: channels, height: height, width: width))
        }
        let graph = Graph(
            values: [
                value("image", 3, 2, 16_384), value("wide", 32, 2, 16_384), value("row", 1, 1, 8192),
                value("mean", 1, 1, 1), value("logits", 10, 1, 1),
            ],
            steps: [
                Step(
                    name: "first", operation: Convolution(outputChannels: 32, kernel: 1), input: "image",
                    inputChannels: 3, output: "wide"),
                Step(
                    name: "large", operation: Convolution(outputChannels: 1, kernel: 64, stride: 2, padding: 31),
                    input: "wide", inputChannels: 32, output: "row"),
                Step(
                    name: "pool", operation: GlobalAveragePooling(), input: "row", inputChannels: 1, output: "mean"),
                Step(
                    name: "classifier", operation: ModelFormat.Linear(outputs: 10), input: "mean", inputChannels: 1,
                    output: "logits"),
            ], input: "image", output: "logits")
        let model = try TestNetwork.model(graph, precision: .int8)
        for instructionSet in KernelSets.usable(in: .int8) {
            #expect(throws: ModelFormatError.self) {
                _ = try ExecutionPlan(model, options: .init(instructionSet: instructionSet))
            }
        }
    }
}
