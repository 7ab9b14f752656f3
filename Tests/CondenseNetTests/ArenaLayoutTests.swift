import Engine
import ModelFormat
import Testing

@testable import CondenseNet

@Suite("Arena layout")
struct ArenaLayoutTests {
    @Test("values that live at the same time never share memory", arguments: TestNetwork.all, [false, true])
    func livingValuesAreApart(network: NamedGraph, retainsValues: Bool) throws {
        let graph = network.graph
        let units = try KernelSets.choose(nil).units(of: graph, options: .init(retainsValues: retainsValues))
        let layout = try ArenaLayout(graph, units: units, retainsValues: retainsValues)
        let places = graph.values.compactMap { layout.places[$0.name] }
        for (first, a) in places.enumerated() {
            #expect(a.offset % 64 == 0 && a.end <= layout.byteCount)
            #expect(a.planeStride >= a.shape.pixels)
            for b in places[(first + 1)...] where a.lifetime.overlaps(b.lifetime) {
                #expect(a.end <= b.offset || b.end <= a.offset)
            }
        }
    }

    @Test("values that never meet share memory")
    func memoryIsReused() throws {
        let graph = TestNetwork.condenseNet(size: 32, layers: [3, 3], growth: [8, 16])
        let units = try KernelSets.choose(nil).units(of: graph, options: .init(retainsValues: true))
        let shared = try ArenaLayout(graph, units: units, retainsValues: false).byteCount
        let separate = try ArenaLayout(graph, units: units, retainsValues: true).byteCount
        #expect(shared < separate / 2)
    }

    @Test("an arena beyond the limit is refused")
    func limit() throws {
        // Four values of 256 MiB, two of them alive together with the third.
        var graph = TestNetwork.assorted()
        let wide = PlaneShape(channels: 4096, height: 128, width: 128)
        graph.values = [
            Value("image", PlaneShape(channels: 3, height: 128, width: 128)), Value("a", wide), Value("b", wide),
            Value("c", wide), Value("pooled", PlaneShape(channels: 4096, height: 1, width: 1)),
        ]
        func convolution(_ name: String, _ input: String, _ channels: Int) -> Step {
            Step(
                name: name, operation: Convolution(outputChannels: 4096, kernel: 1), input: input,
                inputChannels: channels, output: name)
        }
        graph.steps = [
            convolution("a", "image", 3), convolution("b", "image", 3),
            Step(name: "c", operation: Addition(other: "b"), input: "a", inputChannels: 4096, output: "c"),
            Step(
                name: "pooled", operation: GlobalAveragePooling(), input: "c", inputChannels: 4096,
                output: "pooled"),
        ]
        graph.output = "pooled"
        try graph.validate()
        let units = try KernelSets.choose(nil).units(of: graph, options: .init())
        #expect(throws: ModelFormatError.self) { try ArenaLayout(graph, units: units, retainsValues: false) }
    }
}
