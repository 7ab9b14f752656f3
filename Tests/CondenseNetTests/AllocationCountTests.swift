import CAllocationCounter
import Testing

@testable import CondenseNet

/// What a run asks of the allocator: nothing.
@Suite("Allocations of a run", .enabled(if: condensenet_allocations() >= 0, "a sanitizer allocates by itself"))
struct AllocationCountTests {
    #if DEBUG
        private static let isOptimised = false
    #else
        private static let isOptimised = true
    #endif

    @Test(
        "a run allocates nothing", .enabled(if: isOptimised, "unoptimised code boxes values"),
        arguments: TestNetwork.all, [true, false])
    func run(network: NamedGraph, winograd: Bool) throws {
        let model = try TestNetwork.model(network.graph)
        let session = try Session(plan: ExecutionPlan(model, options: .init(winograd: winograd)))
        let input = try TestNetwork.input(network.graph)
        var output = [Float](repeating: 0, count: model.description.classes)
        try output.withUnsafeMutableBufferPointer { output in
            try session.run(input.elements, into: output)
            let before = condensenet_allocations()
            for _ in 0..<10 { try session.run(input.elements, into: output) }
            #expect(condensenet_allocations() == before)
        }
    }

    @Test("an allocation is counted")
    func counts() {
        let before = condensenet_allocations()
        let block = UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: 16)
        block.deallocate()
        #expect(condensenet_allocations() > before)
    }
}
