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
                if width % 16 == 0 && outputs == 4 {
                    run.fourOutputs(
                        rows: rows.count, columns: width, input: input, output: first, outputStride: layout.rowStride)
                } else if width % 16 == 0 {
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
    /// The group's inputs, and how many of them are raised to their bounds.
    let inputs: UnsafePointer<GatheredInput>
    let count: Int
    let rising: Int
    let source: UnsafePointer<Float>
    let planeStride: Int
    let panel: UnsafeMutablePointer<Float>
    let products: PanelProducts

    @inline(__always)
    init(
        _ shape: PointwiseConvolution, _ operands: PointwiseOperands, group: Int,
        scratch: UnsafeMutablePointer<Float>
    ) {
        inputs = operands.inputs.inputs + group &* shape.inputs
        count = shape.inputs
        rising = Int(operands.inputs.rising[group])
        source = operands.input
        planeStride = operands.inputPlaneStride
        let outputPlaces = PlaneOffsets(
            operands.outputPlanes, from: group &* shape.outputs, stride: operands.outputLayout.planeStride)
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
            blocks(WidePixels.self, first: 0, tiles: tiling.tilesWide, of: tiling, input, &destinations)
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
    /// A loop for each case: one loop that asks at every input spills vectors.
    @inline(__always)
    func gather<Tile: OutputTile>(
        _: Tile.Type, _ source: UnsafePointer<Float>, of pixels: Int, _ remaining: inout RemainingOutputs,
        to destination: some PixelDestination
    ) {
        var gathering = Gathering<Tile>(remaining.weights, panel: panel)
        for input in 0..<rising { gathering.keep(raised(source, input, of: pixels)) }
        for input in rising..<count { gathering.keep(lowered(source, input, of: pixels)) }
        products.store(gathering.sums, &remaining, next: gathering.weights, to: destination)
    }

    /// Computes rows of a group of four outputs, which are one tile and leave nothing in the panel.
    ///
    /// - Parameters:
    ///   - rows: the number of rows, of `columns` pixels, a multiple of 16.
    ///   - input: the offset of the first row in each input plane; the others follow.
    ///   - output: the offset of the first row in each output plane.
    ///   - outputStride: floats from one row to the next there.
    @inline(never)
    func fourOutputs(rows: Int, columns: Int, input: Int, output: Int, outputStride: Int) {
        var source = source + input
        var target = FourPlanes(products, offset: output)
        for _ in 0..<rows {
            for _ in 0..<columns / 16 {
                var gathering = Gathering<OutputTile4<Pixels16>>(products.weights, panel: panel)
                for input in 0..<rising { gathering.add(raised(source, input, of: 16)) }
                for input in rising..<count { gathering.add(lowered(source, input, of: 16)) }
                gathering.sums.store(to: target, row: 0)
                source += 16
                target.advance(by: 16)
            }
            target.advance(by: outputStride &- columns)
        }
    }

    /// A tile's pixels of an input, raised to its bound.
    @inline(__always)
    func raised<P: PixelVectors>(_ source: UnsafePointer<Float>, _ input: Int, of pixels: Int) -> P {
        load(P.self, source + Int(inputs[input].plane) &* planeStride, of: pixels).atLeast(inputs[input].bound)
    }

    /// A tile's pixels of an input, lowered to its bound.
    @inline(__always)
    func lowered<P: PixelVectors>(_ source: UnsafePointer<Float>, _ input: Int, of pixels: Int) -> P {
        load(P.self, source + Int(inputs[input].plane) &* planeStride, of: pixels).atMost(inputs[input].bound)
    }

    /// Computes the last `count` pixels (1 to 8) of a run of eight or more, which ends before offset `end` of each plane.
    @inline(__always)
    func singlePixels(_ count: Int, endingAt end: Int) {
        let source = source + (end &- 8)
        for input in 0..<rising { (raised(source, input, of: 8) as Pixels8).store(to: panel + 8 &* input) }
        for input in rising..<self.count { (lowered(source, input, of: 8) as Pixels8).store(to: panel + 8 &* input) }
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

/// A tile of outputs that takes its inputs as they are gathered.
private struct Gathering<Tile: OutputTile> {
    var sums: Tile
    var weights: UnsafePointer<Float>
    var panel: UnsafeMutablePointer<Float>

    @inline(__always)
    init(_ packed: UnsafePointer<Float>, panel: UnsafeMutablePointer<Float>) {
        sums = Tile(bias: packed)
        weights = packed + Tile.outputs
        self.panel = panel
    }

    /// Adds the products of one input.
    @inline(__always)
    mutating func add(_ pixels: Tile.Pixels) {
        sums.addProduct(pixels, weights)
        weights += Tile.outputs
    }

    /// Adds the products of one input and leaves it in the panel.
    @inline(__always)
    mutating func keep(_ pixels: Tile.Pixels) {
        pixels.store(to: panel)
        panel += Tile.Pixels.width
        add(pixels)
    }
}

/// A place in each of four output planes.
private struct FourPlanes: SumDestination {
    private var plane0: UnsafeMutablePointer<Float>
    private var plane1: UnsafeMutablePointer<Float>
    private var plane2: UnsafeMutablePointer<Float>
    private var plane3: UnsafeMutablePointer<Float>
    private let rectifies: Bool

    @inline(__always)
    init(_ products: PanelProducts, offset: Int) {
        let (output, places) = (products.output + offset, products.outputPlaces)
        (plane0, plane1) = (output + places[0], output + places[1])
        (plane2, plane3) = (output + places[2], output + places[3])
        rectifies = products.rectifies
    }

    @inline(__always)
    mutating func advance(by pixels: Int) {
        plane0 += pixels
        plane1 += pixels
        plane2 += pixels
        plane3 += pixels
    }

    @inline(__always)
    func store<Pixels: PixelVectors>(_ sums: Pixels, output: Int, row: Int) {
        let result = rectifies ? sums.relu() : sums
        switch output {
        case 0: result.store(to: plane0)
        case 1: result.store(to: plane1)
        case 2: result.store(to: plane2)
        default: result.store(to: plane3)
        }
    }
}
