import ModelFormat
import Testing

@testable import CondenseNet

/// The tensors of architecture files.
@Suite("Random tensors") struct RandomTensorsTests {
    private static let graph = TestNetwork.condenseNet(size: 8)

    @Test("the seed and the name give the elements, not the order of reading") func seeded() throws {
        let (one, other) = (RandomTensors(Self.graph, seed: 5), RandomTensors(Self.graph, seed: 5))
        let different = RandomTensors(Self.graph, seed: 6)
        for tensor in Self.graph.tensors.reversed() where tensor.role != .index { _ = try other.floats(tensor.name) }
        for tensor in Self.graph.tensors where tensor.role != .index {
            let floats = try one.floats(tensor.name)
            #expect(floats.count == tensor.count, "\(tensor.name)")
            #expect(try floats.elementsEqual(other.floats(tensor.name)), "\(tensor.name)")
            #expect(try !floats.elementsEqual(different.floats(tensor.name)), "\(tensor.name)")
            let bound: Float = tensor.role == .weight ? (6 / Float(tensor.count / tensor.shape[0])).squareRoot() : 0.25
            #expect(floats.allSatisfy { ($0 - (tensor.role == .scale ? 1 : 0)).magnitude <= bound }, "\(tensor.name)")
        }
    }

    @Test("what the graph does not name, or names otherwise, is refused") func unknown() throws {
        let tensors = RandomTensors(Self.graph, seed: 5)
        let index = try #require(Self.graph.tensors.first { $0.role == .index }).name
        let weight = try #require(Self.graph.tensors.first { $0.role == .weight }).name
        #expect(throws: ModelFormatError.self) { try tensors.floats(index) }
        #expect(throws: ModelFormatError.self) { try tensors.indices(weight) }
        for name in ["", "none"] {
            #expect(throws: ModelFormatError.self) { try tensors.floats(name) }
            #expect(throws: ModelFormatError.self) { try tensors.indices(name) }
        }
    }

    @Test("a group gathers channels in order, each as often as the others or once more") func gathered() throws {
        let tensors = RandomTensors(Self.graph, seed: 5)
        for step in Self.graph.steps {
            guard case let convolution as Convolution = step.operation, convolution.preActivation.gather != nil else {
                continue
            }
            let indices = Array(try tensors.indices("\(step.name).index"))
            let perGroup = indices.count / convolution.groups
            #expect(indices.allSatisfy { (0..<Int32(step.inputChannels)).contains($0) }, "\(step.name)")
            for start in stride(from: 0, to: indices.count, by: perGroup) {
                let group = indices[start..<(start + perGroup)]
                #expect(group.elementsEqual(group.sorted()), "\(step.name)")
                let counts = Dictionary(grouping: group) { $0 }.values.map(\.count)
                let passes = perGroup / step.inputChannels
                #expect(counts.allSatisfy { $0 == passes || $0 == passes + 1 }, "\(step.name)")
            }
        }
    }
}
