import Engine

extension ExecutionPlan {
    /// Brings a channel of the input to the elements of its value.
    ///
    /// - Throws: `RuntimeError.notANumber` where no element stands for what the input holds.
    func load(_ floats: UnsafePointer<Float>, channel: Int, into elements: UnsafeMutableRawPointer) throws {
        let pixels = place(of: model.description.graph.input)!.shape.pixels
        if let floatKernels { return floatKernels.load(floats, count: pixels, into: elements) }
        let position = quantization!.load(
            floats, count: pixels, channel: channel, into: elements.assumingMemoryBound(to: Int8.self))
        if let position { throw RuntimeError.notANumber(index: channel * pixels + position) }
    }

    /// The floats that a channel of a value stands for.
    func store(
        _ elements: UnsafeRawPointer, count: Int, channel: Int, of value: String,
        into floats: UnsafeMutablePointer<Float>
    ) {
        if let floatKernels { return floatKernels.store(elements, count: count, into: floats) }
        let isStored = quantization!.store(
            elements.assumingMemoryBound(to: Int8.self), count: count, channel: channel, of: value, into: floats)
        if !isStored { floats.update(from: elements.assumingMemoryBound(to: Float.self), count: count) }
    }
}
