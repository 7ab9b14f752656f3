import CDenormals
import Engine
import Foundations
import ModelFormat

extension ExecutionPlan {
    /// Runs the plan on the calling thread and shows what each step writes as soon as it has run: later steps may add to it.
    ///
    /// - Parameters:
    ///   - input: `[3, H, W]` planes, normalised.
    ///   - observe: receives each step with the channels that it has written or added to, `[C, H, W]`.
    /// - Precondition: the plan retains values, so that no two steps run as one, and `input` has the plan's size.
    /// - Throws: `MemoryError`, `RuntimeError.notANumber`, and what `observe` throws.
    package func run(_ input: [Float], observe: (Step, [Float]) throws -> Void) throws {
        precondition(options.retainsValues)
        let graph = model.description.graph
        let arena = try Storage(zeroedBytes: arenaBytes)
        let scratch = try Storage(zeroedBytes: scratchBytes)
        defer { withExtendedLifetime((arena, scratch)) {} }
        func plane(_ channel: Int, of value: String) -> UnsafeMutableRawPointer {
            place(of: value)!.plane(channel, arena.bytes.baseAddress!)
        }
        let image = graph.value(named: graph.input)!.shape
        precondition(input.count == image.count)
        try input.withUnsafeBufferPointer { input in
            for channel in 0..<image.channels {
                try load(
                    input.baseAddress! + channel * image.pixels, channel: channel, into: plane(channel, of: graph.input)
                )
            }
        }
        let share = Share(
            arena: arena.bytes.baseAddress!, scratch: scratch.bytes.baseAddress ?? arena.bytes.baseAddress!, part: 0,
            parts: 1)
        for (step, operation) in zip(graph.steps, operations) {
            let mode = condensenet_denormals_flush()
            operation.run(share)
            condensenet_denormals_restore(mode)
            let shape = graph.shapes(of: step).output
            let output = [Float](unsafeUninitializedCapacity: shape.count) { floats, count in
                count = shape.count
                for channel in 0..<shape.channels {
                    store(
                        plane(step.outputOffset + channel, of: step.output), count: shape.pixels,
                        channel: step.outputOffset + channel, of: step.output,
                        into: floats.baseAddress! + channel * shape.pixels)
                }
            }
            try observe(step, output)
        }
    }
}
