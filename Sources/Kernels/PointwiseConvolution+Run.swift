extension PointwiseConvolution {
    /// Computes the given rows of the given groups' outputs.
    ///
    /// Calls for different groups or rows may run at the same time if each has its own scratch. Allocates nothing.
    ///
    /// - Precondition: the buffers have the sizes that the operands' descriptions give, `scratch` has `scratchCount`
    ///   floats, and the ranges lie within the convolution.
    public func run(
        _ operands: PointwiseOperands, groups groupRange: Range<Int>, rows: Range<Int>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        precondition(groupRange.lowerBound >= 0 && groupRange.upperBound <= groups)
        precondition(rows.lowerBound >= 0 && rows.upperBound <= height)
        let tiling = PixelTiling(pixels: rows.count &* width)
        guard tiling.pixels > 0, outputs > 0 else { return }
        for group in groupRange {
            let run = GroupRun(self, operands, group: group, rows: rows, panel: scratch)
            var pixel = 0
            run.blocks(Pixels16.self, tiles: tiling.tiles16, &pixel)
            run.blocks(Pixels8.self, tiles: tiling.tiles8, &pixel)
        }
    }
}

/// One group's share of a call.
private struct GroupRun {
    let shape: PointwiseConvolution
    let operands: PointwiseOperands
    let group: Int
    let rows: Range<Int>
    let panel: UnsafeMutablePointer<Float>
    let products: PanelProducts
    let pixels: Int

    @inline(__always)
    init(
        _ shape: PointwiseConvolution, _ operands: PointwiseOperands, group: Int, rows: Range<Int>,
        panel: UnsafeMutablePointer<Float>
    ) {
        self.shape = shape
        self.operands = operands
        self.group = group
        self.rows = rows
        self.panel = panel
        products = PanelProducts(
            inputs: shape.inputs, outputs: shape.outputs, rectifies: shape.rectifiesOutput,
            weights: operands.weights + group &* shape.outputTiles &* shape.packedTileCount, output: operands.output,
            outputPlanes: operands.outputPlanes, firstChannel: group &* shape.outputs)
        pixels = rows.count &* shape.width
    }

    /// Computes neighbouring tiles, the first of which begins at `pixel` of the run, block by block.
    @inline(__always)
    func blocks<P: PixelVectors>(_: P.Type, tiles: Int, _ pixel: inout Int) {
        let limit = shape.blockTiles(pixels: P.width)
        var remaining = tiles
        while remaining > 0 {
            let count = min(remaining, limit)
            block(P.self, tiles: count, pixel: pixel)
            pixel &+= count &* P.width
            remaining &-= count
        }
    }

    /// Gathers a block of neighbouring tiles into the panel, and computes all outputs of each.
    @inline(__always)
    func block<P: PixelVectors>(_: P.Type, tiles: Int, pixel: Int) {
        gather(P.self, tiles: tiles, pixel: pixel)
        for tile in 0..<tiles {
            let first = PixelTiling.start(P.self, pixel &+ tile &* P.width, in: pixels)
            let panel = UnsafePointer(panel + tile &* shape.inputs &* P.width)
            switch operands.outputLayout {
            case .planes(let planeStride):
                let offset = rows.lowerBound &* shape.width &+ first
                let destination = ContiguousPixels(first: offset, count: pixels &- first)
                products.run(P.self, panel, to: destination, planeStride: planeStride)
            case .padded(let layout, let firstRow):
                let row = first / shape.width
                let destination = PaddedPixels(
                    row: rows.lowerBound &- firstRow &+ row, column: first &- row &* shape.width,
                    endRow: rows.upperBound &- firstRow, width: shape.width, rowStride: layout.rowStride,
                    origin: layout.origin)
                products.run(P.self, panel, to: destination, planeStride: layout.planeStride)
            }
        }
    }

    /// Fills the panel `[tiles][inputs][P.width]` with (activated) inputs.
    @inline(__always)
    func gather<P: PixelVectors>(_: P.Type, tiles: Int, pixel: Int) {
        let inputs = shape.inputs
        let source = operands.input + rows.lowerBound &* shape.width
        for input in 0..<inputs {
            let entry = group &* inputs &+ input
            let plane = operands.inputPlanes.map { Int($0[entry]) } ?? entry
            let plane0 = source + plane &* operands.inputPlaneStride
            var destination = panel + input &* P.width
            if let activation = operands.activation {
                let scale = PixelVector(repeating: activation.scale[entry])
                let shift = PixelVector(repeating: activation.shift[entry])
                for tile in 0..<tiles {
                    load(P.self, plane0, pixel &+ tile &* P.width)
                        .activated(scale: scale, shift: shift)
                        .store(to: destination)
                    destination += inputs &* P.width
                }
            } else {
                for tile in 0..<tiles {
                    load(P.self, plane0, pixel &+ tile &* P.width).store(to: destination)
                    destination += inputs &* P.width
                }
            }
        }
    }

    /// A tile's pixels of one plane; nothing beyond the run is read.
    @inline(__always)
    func load<P: PixelVectors>(_: P.Type, _ plane: UnsafePointer<Float>, _ pixel: Int) -> P {
        if pixels >= P.width { return P(loading: plane + PixelTiling.start(P.self, pixel, in: pixels)) }
        return P(loading: plane, count: pixels)
    }
}
