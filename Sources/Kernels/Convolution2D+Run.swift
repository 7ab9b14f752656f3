extension Convolution2D {
    /// Computes the given rows of the given groups' outputs.
    ///
    /// Calls for different groups or rows may run at the same time if each has its own scratch. Allocates nothing.
    ///
    /// - Precondition: the buffers have the sizes that the operands' descriptions give, `scratch` has `scratchCount`
    ///   floats, and the ranges lie within the convolution.
    public func run(
        _ operands: Convolution2DOperands, groups groupRange: Range<Int>, rows: Range<Int>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        precondition(groupRange.lowerBound >= 0 && groupRange.upperBound <= groups)
        precondition(rows.lowerBound >= 0 && rows.upperBound <= height)
        let tiling = PixelTiling(pixels: rows.count &* width)
        guard tiling.pixels > 0 else { return }
        for group in groupRange {
            let run = ConvolutionRun(self, operands, group: group, rows: rows, panel: scratch)
            var pixel = 0
            for _ in 0..<tiling.tiles16 { run.tile(Pixels16.self, &pixel) }
            for _ in 0..<tiling.tiles8 { run.tile(Pixels8.self, &pixel) }
        }
    }
}

/// One group's share of a call.
private struct ConvolutionRun {
    let shape: Convolution2D
    let input: UnsafePointer<Float>
    let inputPlaneStride: Int
    let outputPlaneStride: Int
    let firstPixel: Int
    let pixels: Int
    let panel: UnsafeMutablePointer<Float>
    let products: PanelProducts

    init(
        _ shape: Convolution2D, _ operands: Convolution2DOperands, group: Int, rows: Range<Int>,
        panel: UnsafeMutablePointer<Float>
    ) {
        self.shape = shape
        input = operands.input + group &* shape.inputs &* operands.inputPlaneStride
        inputPlaneStride = operands.inputPlaneStride
        outputPlaneStride = operands.outputPlaneStride
        firstPixel = rows.lowerBound &* shape.width
        pixels = rows.count &* shape.width
        self.panel = panel
        let product = shape.product
        products = PanelProducts(
            inputs: product.inputs, outputs: shape.outputs, rectifies: product.rectifiesOutput,
            weights: operands.weights + group &* product.outputTiles &* product.packedTileCount,
            output: operands.output, outputPlanes: nil, firstChannel: group &* shape.outputs)
    }

    /// Fills the panel for the tile that begins at `pixel` of the run, and computes all outputs of it.
    func tile<P: PixelVectors>(_: P.Type, _ pixel: inout Int) {
        let first = PixelTiling.start(P.self, pixel, in: pixels)
        let count = min(P.width, pixels &- first)
        var destination = panel
        for input in 0..<shape.inputs {
            for dy in 0..<shape.kernelHeight {
                for dx in 0..<shape.kernelWidth {
                    fill(destination, input, dy, dx, first: firstPixel &+ first, count: count)
                    (destination + count).update(repeating: 0, count: P.width &- count)
                    destination += P.width
                }
            }
        }
        products.run(
            P.self, panel, to: ContiguousPixels(first: firstPixel &+ first, count: count),
            planeStride: outputPlaneStride)
        pixel &+= P.width
    }

    /// Copies what lies under one place of the kernel for `count` consecutive output pixels, row by row.
    @inline(__always)
    private func fill(
        _ destination: UnsafeMutablePointer<Float>, _ channel: Int, _ dy: Int, _ dx: Int, first: Int, count: Int
    ) {
        var done = 0
        while done < count {
            let row = (first &+ done) / shape.width
            let column = first &+ done &- row &* shape.width
            let run = min(count &- done, shape.width &- column)
            fillRow(destination + done, channel, row: row, column: column, count: run, dy, dx)
            done &+= run
        }
    }

    /// Copies what lies under one place of the kernel for `count` output pixels of one row.
    @inline(__always)
    private func fillRow(
        _ destination: UnsafeMutablePointer<Float>, _ channel: Int, row: Int, column: Int, count: Int, _ dy: Int,
        _ dx: Int
    ) {
        let stride = shape.stride
        let y = row &* stride &+ dy &- shape.padding
        let x = column &* stride &+ dx &- shape.padding
        guard y >= 0, y < shape.inputHeight else { return destination.update(repeating: 0, count: count) }
        // Output pixels `start..<end` of the run look at columns of the image, those beside them at padding.
        let start = min(count, x < 0 ? (stride &- 1 &- x) / stride : 0)
        let end = max(start, x >= shape.inputWidth ? 0 : min(count, (shape.inputWidth &- 1 &- x) / stride &+ 1))
        destination.update(repeating: 0, count: start)
        (destination + end).update(repeating: 0, count: count &- end)
        // `x` may lie before the row while `start` moves it inside, so the offset is added as a whole.
        let source = input + (channel &* inputPlaneStride &+ y &* shape.inputWidth &+ x &+ start &* stride)
        copy(destination + start, from: source, count: end &- start)
    }

    /// Copies every `stride`-th of the floats at `source`.
    @inline(__always)
    private func copy(_ destination: UnsafeMutablePointer<Float>, from source: UnsafePointer<Float>, count: Int) {
        var index = 0
        if shape.stride == 1 {
            while index &+ 8 <= count {
                storeVector(loadVector(source + index), destination + index)
                index &+= 8
            }
        } else if shape.stride == 2 {
            while index &+ 8 <= count {
                // Fifteen floats hold the eight, so the second load ends with the last of them.
                let low = loadVector(source + 2 &* index)
                let high = loadVector(source + (2 &* index &+ 7))
                storeVector(PixelVector(lowHalf: low.evenHalf, highHalf: high.oddHalf), destination + index)
                index &+= 8
            }
        }
        while index < count {
            destination[index] = source[index &* shape.stride]
            index &+= 1
        }
    }
}
