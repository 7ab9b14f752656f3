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
            let run = GroupRun(self, operands, group: group, scratch: scratch)
            switch operands.outputLayout {
            case .planes:
                let first = rows.lowerBound &* width
                let pixels = rows.count &* width
                let last = pixels % 8 <= KernelChoice.singlePixels && pixels >= 8 ? pixels % 8 : 0
                run.line(
                    PixelTiling(pixels: pixels &- last, wide: KernelChoice.hasWidePanels), input: first,
                    to: ConsecutivePixels(first: first, count: pixels &- last))
                if last > 0 { run.singlePixels(last, endingAt: first &+ pixels) }
            case .padded(let layout, let firstRow):
                let first = layout.origin &+ (rows.lowerBound &- firstRow) &* layout.rowStride
                let (input, gap) = (rows.lowerBound &* width, layout.rowStride &- width)
                let whole = PixelTiling(pixels: rows.count &* width)
                if width % 16 == 0 {
                    run.line(whole, input: input, to: RowsOfTiles(offset: first, width: width, gap: gap))
                } else if width % 8 == 0 {
                    run.line(whole, input: input, to: RowsOfVectors(offset: first, width: width, gap: gap))
                } else {
                    for row in 0..<rows.count {
                        run.line(
                            PixelTiling(pixels: width, wide: KernelChoice.hasWidePanels), input: input &+ row &* width,
                            to: ConsecutivePixels(first: first &+ row &* layout.rowStride, count: width))
                    }
                }
            }
        }
    }
}

/// One group's share of a call.
private struct GroupRun {
    let inputs: Int
    /// The first input plane, and where each of the group's inputs lies.
    let source: UnsafePointer<Float>
    let inputPlaces: PlaneOffsets
    /// Whether inputs are scaled, shifted and rectified; else they are taken as they are.
    let activates: Bool
    /// Scale and shift of each of the group's inputs; of no meaning where none are activated. An optional pointer would be
    /// copied through its type's metadata for each tile.
    let scale: UnsafePointer<Float>
    let shift: UnsafePointer<Float>
    let panel: UnsafeMutablePointer<Float>
    let products: PanelProducts

    @inline(__always)
    init(
        _ shape: PointwiseConvolution, _ operands: PointwiseOperands, group: Int,
        scratch: UnsafeMutablePointer<Float>
    ) {
        inputs = shape.inputs
        source = operands.input
        let (firstInput, firstOutput) = (group &* shape.inputs, group &* shape.outputs)
        let activation = operands.activation ?? (operands.input, operands.input)
        activates = operands.activation != nil
        (scale, shift) = (activation.scale + firstInput, activation.shift + firstInput)
        inputPlaces = PlaneOffsets(operands.inputPlanes, from: firstInput, stride: operands.inputPlaneStride)
        let outputPlaces = PlaneOffsets(
            operands.outputPlanes, from: firstOutput, stride: operands.outputLayout.planeStride)
        panel = scratch
        products = PanelProducts(
            inputs: shape.inputs, outputs: shape.outputs, tiling: shape.tiling, rectifies: shape.rectifiesOutput,
            weights: operands.weights + group &* shape.packedGroupCount, output: operands.output,
            outputPlaces: outputPlaces)
    }

    /// Computes the tiles of consecutive pixels, the first of which is at offset `input` of each input plane.
    @inline(__always)
    func line(_ tiling: PixelTiling, input: Int, to destinations: some PixelDestinations) {
        var destinations = destinations
        if KernelChoice.hasWidePanels {
            blocks(KernelChoice.WidePixels.self, first: 0, tiles: tiling.tilesWide, of: tiling, input, &destinations)
        }
        let first = tiling.widePixels
        blocks(Pixels16.self, first: first, tiles: tiling.tiles16, of: tiling, input, &destinations)
        blocks(
            Pixels8.self, first: first &+ tiling.tiles16 &* 16, tiles: tiling.tiles8, of: tiling, input, &destinations)
    }

    /// Computes neighbouring tiles, the first of which begins at pixel `first` of the line.
    @inline(__always)
    func blocks<P: PixelVectors>(
        _: P.Type, first: Int, tiles: Int, of tiling: PixelTiling, _ input: Int,
        _ destinations: inout some PixelDestinations
    ) {
        let pixels = tiling.pixels
        for tile in 0..<tiles {
            let start = PixelTiling.start(P.self, first &+ tile &* P.width, in: pixels)
            let destination = destinations.next(P.self, start: start)
            let source = source + (input &+ start)
            var remaining = products.remaining
            if products.tiling.fours > 0 {
                gather(OutputTile4<P>.self, source, of: pixels, &remaining, to: destination)
            } else {
                gather(OutputTile6<P>.self, source, of: pixels, &remaining, to: destination)
            }
            products.run(P.self, UnsafePointer(panel), &remaining, to: destination)
        }
    }

    /// Computes a group's first tile of outputs from inputs that come straight from their planes, and leaves them in the
    /// panel `[inputs][P.width]` for the other tiles: gathering fills the gaps between products.
    ///
    /// A loop for each case: one loop that asks at every input spills vectors and takes up to 5 % longer.
    @inline(__always)
    func gather<Tile: OutputTile>(
        _: Tile.Type, _ source: UnsafePointer<Float>, of pixels: Int, _ remaining: inout RemainingOutputs,
        to destination: some PixelDestination
    ) {
        typealias P = Tile.Pixels
        var sums = Tile(bias: remaining.weights)
        var weights = remaining.weights + Tile.outputs
        var kept = panel
        if !activates {
            for input in 0..<inputs {
                let values = load(P.self, source + inputPlaces[input], of: pixels)
                values.store(to: kept)
                sums.addProduct(values, weights)
                kept += P.width
                weights += Tile.outputs
            }
        } else if products.outputs > Tile.outputs {
            for input in 0..<inputs {
                let values = activated(P.self, source, input, of: pixels)
                values.store(to: kept)
                sums.addProduct(values, weights)
                kept += P.width
                weights += Tile.outputs
            }
        } else {
            for input in 0..<inputs {
                sums.addProduct(activated(P.self, source, input, of: pixels), weights)
                weights += Tile.outputs
            }
        }
        products.store(sums, &remaining, next: weights, to: destination)
    }

    /// A tile's pixels of one input, scaled, shifted and rectified.
    @inline(__always)
    func activated<P: PixelVectors>(
        _: P.Type, _ source: UnsafePointer<Float>, _ input: Int, of pixels: Int
    ) -> P {
        load(P.self, source + inputPlaces[input], of: pixels).activated(
            scale: PixelVector(repeating: scale[input]), shift: PixelVector(repeating: shift[input]))
    }

    /// Computes the last `count` pixels (1 to 8) of a run of eight or more, which ends before offset `end` of each plane.
    @inline(__always)
    func singlePixels(_ count: Int, endingAt end: Int) {
        let source = source + (end &- 8)
        for input in 0..<inputs {
            let values =
                activates
                ? activated(Pixels8.self, source, input, of: 8) : Pixels8(loading: source + inputPlaces[input])
            values.store(to: panel + 8 &* input)
        }
        for pixel in 8 &- count..<8 {
            products.runPixel(UnsafePointer(panel + pixel), to: end &- 8 &+ pixel)
        }
    }

    /// A tile's pixels at a place of a line; nothing beyond the line is read.
    @inline(__always)
    func load<P: PixelVectors>(_: P.Type, _ place: UnsafePointer<Float>, of pixels: Int) -> P {
        P.width == 8 && pixels < 8 ? P(loading: place, count: pixels) : P(loading: place)
    }
}
