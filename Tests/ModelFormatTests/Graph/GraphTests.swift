import Testing

@testable import ModelFormat

@Suite struct GraphTests {
    @Test func jsonReadsBack() throws {
        let graph = try Graph(json: TinyModel.graph.json, path: "graph", version: .two)
        #expect(graph == TinyModel.graph)
        #expect(graph.json == TinyModel.graph.json)
    }

    @Test func defaultsMayBeWrittenOut() throws {
        var json = TinyModel.graph.json
        json["steps"][0]["outputOffset"] = 0
        for flag in ["bias", "shuffle"] { json["steps"][0][flag] = false }
        json["steps"][0]["activation"] = "none"
        json["steps"][0]["preActivation"] = ["normalize": false, "activation": "none"]
        #expect(try Graph(json: json, path: "graph", version: .two) == TinyModel.graph)
    }

    @Test func tensorsAreListedInStepOrder() {
        let tensors = TinyModel.graph.tensors
        #expect(
            tensors.map(\.name) == [
                "stem.weight", "layer.conv_1.index", "layer.conv_1.scale", "layer.conv_1.shift", "layer.conv_1.weight",
                "layer.conv_1.bias", "layer.conv_2.weight", "last.index", "last.scale", "last.shift",
                "classifier.weight", "classifier.bias",
            ])
        #expect(
            tensors.map(\.shape) == [
                [4, 3, 3, 3], [4], [4], [4], [8, 2, 1, 1], [8], [4, 4, 3, 3], [6], [6], [6], [5, 6], [5],
            ])
        #expect(tensors.filter { $0.role == .index }.map(\.channels) == [0..<4, 0..<8])
    }

    @Test func shapesOfEveryStep() {
        let shapes = TinyModel.graph.steps.map(TinyModel.graph.shapes(of:))
        #expect(
            shapes.map { "\($0.input) → \($0.output), \($0.multiplyAccumulates)" } == [
                "3×8×8 → 4×8×8, 6912", "4×8×8 → 8×8×8, 1024", "8×8×8 → 4×8×8, 9216", "8×8×8 → 8×4×4, 0",
                "8×8×8 → 8×4×4, 0", "8×4×4 → 8×4×4, 0", "6×4×4 → 6×1×1, 0", "6×1×1 → 5×1×1, 30",
            ])
    }

    @Test func sourceCostsAddUp() {
        #expect(TinyModel.graph.parameters == 335)
        #expect(TinyModel.graph.paperFLOPs == 17_955)
    }

    @Test func valuesAreFoundByNameAfterAnyChange() {
        var graph = TinyModel.graph
        for value in graph.values { #expect(graph.value(named: value.name) == value) }
        #expect(graph.value(named: "nothing") == nil)
        graph.values[2].name = "renamed"
        graph.values.append(Value("new", PlaneShape(channels: 1, height: 1, width: 1)))
        #expect(graph.value(named: "bottleneck") == nil)
        #expect(graph.value(named: "renamed") == graph.values[2])
        #expect(graph.value(named: "new") == graph.values.last)
    }
}
