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
        guard !rows.isEmpty, width > 0, outputs > 0 else { return }
        for group in groupRange {
            let run = GroupRun(self, operands, group: group, panel: scratch)
            switch operands.outputLayout {
            case .planes(let planeStride):
                let first = rows.lowerBound &* width
                let pixels = rows.count &* width
                let last = pixels % 8 <= KernelChoice.singlePixels && pixels >= 8 ? pixels % 8 : 0
                run.line(
                    PixelTiling(pixels: pixels &- last), input: first, planeStride: planeStride,
                    to: ConsecutivePixels(first: first, count: pixels &- last))
                if last > 0 { run.singlePixels(last, endingAt: first &+ pixels, planeStride: planeStride) }
            case .padded(let layout, let firstRow):
                let first = layout.origin &+ (rows.lowerBound &- firstRow) &* layout.rowStride
                let (input, gap) = (rows.lowerBound &* width, layout.rowStride &- width)
                let whole = PixelTiling(pixels: rows.count &* width)
                if width % 16 == 0 {
                    run.line(
                        whole, input: input, planeStride: layout.planeStride,
                        to: RowsOfTiles(offset: first, width: width, gap: gap))
                } else if width % 8 == 0 {
                    run.line(
                        whole, input: input, planeStride: layout.planeStride,
                        to: RowsOfVectors(offset: first, width: width, gap: gap))
                } else {
                    for row in 0..<rows.count {
                        run.line(
                            PixelTiling(pixels: width), input: input &+ row &* width, planeStride: layout.planeStride,
                            to: ConsecutivePixels(first: first &+ row &* layout.rowStride, count: width))
                    }
                }
            }
        }
    }
}

/// One group's share of a call.
private struct GroupRun {
    let shape: PointwiseConvolution
    let operands: PointwiseOperands
    let group: Int
    /// Whether inputs are scaled, shifted and rectified.
    let activates: Bool
    /// Scale and shift of each input of all groups; anything where `activates` is not set.
    let scale, shift: UnsafePointer<Float>
    let panel: UnsafeMutablePointer<Float>
    let products: PanelProducts

    @inline(__always)
    init(
        _ shape: PointwiseConvolution, _ operands: PointwiseOperands, group: Int, panel: UnsafeMutablePointer<Float>
    ) {
        self.shape = shape
        self.operands = operands
        self.group = group
        activates = operands.activation != nil
        scale = operands.activation?.scale ?? operands.weights
        shift = operands.activation?.shift ?? operands.weights
        self.panel = panel
        products = PanelProducts(
            inputs: shape.inputs, outputs: shape.outputs, rectifies: shape.rectifiesOutput,
            weights: operands.weights + group &* shape.outputTiles &* shape.packedTileCount, output: operands.output,
            outputPlanes: operands.outputPlanes, firstChannel: group &* shape.outputs)
    }

    /// Computes the tiles of consecutive pixels, the first of which is at offset `input` of each input plane.
    @inline(__always)
    func line(_ tiling: PixelTiling, input: Int, planeStride: Int, to destinations: some PixelDestinations) {
        var destinations = destinations
        blocks(
            Pixels16.self, first: 0, tiles: tiling.tiles16, of: tiling.pixels, input: input, planeStride: planeStride,
            &destinations)
        blocks(
            Pixels8.self, first: tiling.tiles16 &* 16, tiles: tiling.tiles8, of: tiling.pixels, input: input,
            planeStride: planeStride, &destinations)
    }

    /// Computes neighbouring tiles, the first of which begins at pixel `first` of the line, block by block: gathers a
    /// block into the panel, and computes all outputs of each of its tiles.
    @inline(__always)
    func blocks<P: PixelVectors>(
        _: P.Type, first: Int, tiles: Int, of pixels: Int, input: Int, planeStride: Int,
        _ destinations: inout some PixelDestinations
    ) {
        let limit = shape.blockTiles(pixels: P.width)
        var pixel = first
        var remaining = tiles
        while remaining > 0 {
            let count = min(remaining, limit)
            gather(P.self, tiles: count, pixel: pixel, of: pixels, input: input)
            for tile in 0..<count {
                let start = PixelTiling.start(P.self, pixel &+ tile &* P.width, in: pixels)
                products.run(
                    P.self, UnsafePointer(panel + tile &* shape.inputs &* P.width),
                    to: destinations.next(P.self, start: start), planeStride: planeStride)
            }
            pixel &+= count &* P.width
            remaining &-= count
        }
    }

    /// Computes the last `count` pixels (1 to 8) of a run of eight or more, which ends before offset `end` of each plane.
    @inline(__always)
    func singlePixels(_ count: Int, endingAt end: Int, planeStride: Int) {
        gather(Pixels8.self, tiles: 1, pixel: 0, of: 8, input: end &- 8)
        for pixel in 8 &- count..<8 {
            products.runPixel(UnsafePointer(panel + pixel), to: end &- 8 &+ pixel, planeStride: planeStride)
        }
    }

    /// Fills the panel `[tiles][inputs][P.width]` with (activated) inputs.
    @inline(__always)
    func gather<P: PixelVectors>(_: P.Type, tiles: Int, pixel: Int, of pixels: Int, input first: Int) {
        let inputs = shape.inputs
        let source = operands.input + first
        for input in 0..<inputs {
            let entry = group &* inputs &+ input
            let plane = operands.inputPlanes.map { Int($0[entry]) } ?? entry
            let plane0 = source + plane &* operands.inputPlaneStride
            var destination = panel + input &* P.width
            if activates {
                let scale = PixelVector(repeating: scale[entry])
                let shift = PixelVector(repeating: shift[entry])
                for tile in 0..<tiles {
                    load(P.self, plane0, pixel &+ tile &* P.width, of: pixels)
                        .activated(scale: scale, shift: shift)
                        .store(to: destination)
                    destination += inputs &* P.width
                }
            } else {
                for tile in 0..<tiles {
                    load(P.self, plane0, pixel &+ tile &* P.width, of: pixels).store(to: destination)
                    destination += inputs &* P.width
                }
            }
        }
    }

    /// A tile's pixels of one plane; nothing beyond the line is read.
    @inline(__always)
    func load<P: PixelVectors>(_: P.Type, _ plane: UnsafePointer<Float>, _ pixel: Int, of pixels: Int) -> P {
        if pixels >= P.width { return P(loading: plane + PixelTiling.start(P.self, pixel, in: pixels)) }
        return P(loading: plane, count: pixels)
    }
}
