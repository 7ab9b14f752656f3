extension PointwiseConvolution {
    /// Computes the given rows of the given groups' outputs.
    ///
    /// Calls for different groups or rows may run at the same time if each has its own scratch. Allocates nothing.
    ///
    /// - Precondition: the buffers have the sizes that the operands' descriptions give, `scratch` has `scratchCount`
    ///   elements, and the ranges lie within the convolution.
    func run<Element: TiledElement>(
        _: Element.Type, _ operands: PointwiseOperands<Element>, groups groupRange: Range<Int>, rows: Range<Int>,
        scratch: UnsafeMutablePointer<Element>
    ) {
        precondition(groupRange.lowerBound >= 0 && groupRange.upperBound <= groups)
        precondition(rows.lowerBound >= 0 && rows.upperBound <= height)
        guard !rows.isEmpty, width > 0, outputs > 0 else { return }
        for group in groupRange {
            let run = GroupRun(self, operands, group: group, scratch: scratch)
            switch operands.outputLayout {
            case .planes where accumulates:
                run.add(first: rows.lowerBound &* width, pixels: rows.count &* width)
            case .planes:
                let first = rows.lowerBound &* width
                let pixels = rows.count &* width
                let last = pixels % 8 <= KernelTable.singlePixels && pixels >= 8 ? pixels % 8 : 0
                run.line(
                    PixelTiling(pixels: pixels &- last, wideWidth: GroupRun<Element>.wideWidth), input: first,
                    to: ConsecutivePixels(first: first, count: pixels &- last))
                if last > 0 { run.singlePixels(last, endingAt: first &+ pixels) }
            case .padded(let layout, let firstRow):
                let first = layout.origin &+ (rows.lowerBound &- firstRow) &* layout.rowStride
                let (input, gap) = (rows.lowerBound &* width, layout.rowStride &- width)
                let whole = PixelTiling(pixels: rows.count &* width)
                let walk = RowWalk(offset: first, width: width, gap: gap)
                if width % 16 == 0 && outputs == 4 && !computesInputs {
                    run.fourOutputs(
                        rows: rows.count, columns: width, input: input, output: first, outputStride: layout.rowStride)
                } else if width % 16 == 0 {
                    run.line(whole, input: input, to: RowsOfTiles(walk: walk))
                } else if width % 8 == 0 {
                    run.line(whole, input: input, to: RowsOfVectors(walk: walk))
                } else {
                    for row in 0..<rows.count {
                        run.line(
                            PixelTiling(pixels: width, wideWidth: GroupRun<Element>.wideWidth),
                            input: input &+ row &* width,
                            to: ConsecutivePixels(first: first &+ row &* layout.rowStride, count: width))
                    }
                }
            }
        }
    }
}

/// One group's share of a call.
private struct GroupRun<Element: TiledElement> {
    typealias Pixels16 = Element.Pixels16

    /// The group's inputs, and how many of them are raised to their bounds.
    let inputs: UnsafePointer<GatheredInput<Element>>
    let count: Int
    let rising: Int
    /// Whether they are computed instead, from these scales and shifts.
    let computes: Bool
    let normalization: Normalization<Element>
    let source: UnsafePointer<Element>
    /// Bytes from one input plane to the next: a plane's address is then one multiply-add.
    let planeBytes: Int
    let panel: UnsafeMutablePointer<Element>
    let products: PanelProducts<Element>

    @inline(__always)
    init(
        _ shape: PointwiseConvolution, _ operands: PointwiseOperands<Element>, group: Int,
        scratch: UnsafeMutablePointer<Element>
    ) {
        inputs = operands.inputs.inputs + group &* shape.inputs
        count = shape.inputs
        rising = Int(operands.inputs.rising[group])
        computes = shape.computesInputs
        normalization = Normalization(
            scale: operands.inputs.normalization.scale + group &* shape.inputs,
            shift: operands.inputs.normalization.shift + group &* shape.inputs)
        source = operands.input
        planeBytes = operands.inputPlaneStride &* MemoryLayout<Element>.stride
        let outputOffsets = PlaneOffsets(
            operands.outputPlanes, from: group &* shape.outputs, stride: operands.outputLayout.planeStride)
        panel = scratch
        products = PanelProducts(
            inputs: shape.inputs, outputs: shape.outputs, tiling: shape.tiling, activation: shape.activation,
            weights: operands.weights + group &* shape.packedGroupCount, output: operands.output,
            outputOffsets: outputOffsets)
    }

    /// Pixels of the widest tiles that panels are computed in.
    @inline(__always)
    static var wideWidth: Int { KernelTable.hasWidePanels ? Element.PanelPixels.width : 16 }

    /// Computes the tiles of consecutive pixels, the first of which is at offset `input` of each input plane.
    @inline(__always)
    func line(_ tiling: PixelTiling, input: Int, to destinations: some PixelDestinations) {
        var destinations = destinations
        if KernelTable.hasWidePanels {
            blocks(Element.PanelPixels.self, first: 0, tiles: tiling.tilesWide, of: tiling, input, &destinations)
        }
        let first = tiling.widePixels
        blocks(Pixels16.self, first: first, tiles: tiling.tiles16, of: tiling, input, &destinations)
        blocks(
            Pixels8<Element>.self, first: first &+ tiling.tiles16 &* 16, tiles: tiling.tiles8, of: tiling, input,
            &destinations)
    }

    /// Adds to consecutive pixels, the first of which is at offset `first` of each plane. No tile overlaps another: what is
    /// computed twice would be added twice.
    @inline(__always)
    func add(first: Int, pixels: Int) {
        let rest = pixels % 8
        let whole = pixels &- rest
        line(
            PixelTiling(pixels: whole, wideWidth: Self.wideWidth), input: first,
            to: AddedPixels(first: first, count: whole))
        guard rest > 0 else { return }
        line(
            PixelTiling(pixels: rest), input: first &+ whole, to: AddedPixels(first: first &+ whole, count: rest))
    }

    /// Computes neighbouring tiles, the first of which begins at pixel `first` of the line.
    @inline(__always)
    func blocks<P: PixelVectors<Element>>(
        _: P.Type, first: Int, tiles: Int, of tiling: PixelTiling, _ input: Int,
        _ destinations: inout some PixelDestinations
    ) {
        let pixels = tiling.pixels
        for tile in 0..<tiles {
            let start = PixelTiling.start(P.self, first &+ tile &* P.width, in: pixels)
            let destination = destinations.next(P.self, start: start)
            let source = source + (input &+ start)
            var remaining = products.remaining
            if computes {
                fill(HardSwish.self, P.self, source, of: pixels)
            } else if products.tiling.fours > 0 {
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
        _: Tile.Type, _ source: UnsafePointer<Element>, of pixels: Int, _ remaining: inout RemainingOutputs<Element>,
        to destination: some PixelDestination
    ) where Tile.Element == Element {
        var gathering = Gathering<Tile>(remaining.weights, panel: panel)
        var first = 0
        while count &- first > Element.sumTerms {
            var part = gathering.part
            gather(first..<first &+ Element.sumTerms, source, of: pixels, &part)
            gathering.add(part)
            first &+= Element.sumTerms
        }
        gather(first..<count, source, of: pixels, &gathering)
        products.store(gathering.sums, &remaining, next: gathering.weights, to: destination)
    }

    /// Adds and keeps some of the inputs.
    @inline(__always)
    private func gather<Tile: OutputTile>(
        _ inputs: Range<Int>, _ source: UnsafePointer<Element>, of pixels: Int, _ gathering: inout Gathering<Tile>
    ) where Tile.Element == Element {
        let turn = max(inputs.lowerBound, min(rising, inputs.upperBound))
        for input in inputs.lowerBound..<turn { gathering.keep(raised(source, input, of: pixels)) }
        for input in turn..<inputs.upperBound { gathering.keep(lowered(source, input, of: pixels)) }
    }

    /// Fills the panel with the inputs of a tile, normalised and activated.
    @inline(__always)
    func fill<Function: ActivationFunction, P: PixelVectors<Element>>(
        _: Function.Type, _: P.Type, _ source: UnsafePointer<Element>, of pixels: Int
    ) {
        for input in 0..<count {
            let pixels = load(P.self, source, input, of: pixels)
            Function.apply(normalization.applied(to: pixels, channel: input)).store(to: panel + input &* P.width)
        }
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
        let wide = KernelTable.hasWideFours ? columns / Element.PanelPixels.width : 0
        for _ in 0..<rows {
            fourOutputs(Element.PanelPixels.self, tiles: wide, &source, &target)
            fourOutputs(Pixels16.self, tiles: (columns &- wide &* Element.PanelPixels.width) / 16, &source, &target)
            target.advance(by: outputStride &- columns)
        }
    }

    /// Computes neighbouring tiles of a group of four outputs.
    @inline(__always)
    private func fourOutputs<P: PixelVectors<Element>>(
        _: P.Type, tiles: Int, _ source: inout UnsafePointer<Element>, _ target: inout FourPlanes<Element>
    ) {
        for _ in 0..<tiles {
            var gathering = Gathering<OutputTile4<P>>(products.weights, panel: panel)
            for input in 0..<rising { gathering.add(raised(source, input, of: P.width)) }
            for input in rising..<count { gathering.add(lowered(source, input, of: P.width)) }
            gathering.sums.store(products.activation, to: target, row: 0)
            source += P.width
            target.advance(by: P.width)
        }
    }

    /// A tile's pixels of an input, raised to its bound.
    @inline(__always)
    func raised<P: PixelVectors<Element>>(_ source: UnsafePointer<Element>, _ input: Int, of pixels: Int) -> P {
        load(P.self, source, input, of: pixels).atLeast(inputs[input].bound)
    }

    /// A tile's pixels of an input, lowered to its bound.
    @inline(__always)
    func lowered<P: PixelVectors<Element>>(_ source: UnsafePointer<Element>, _ input: Int, of pixels: Int) -> P {
        load(P.self, source, input, of: pixels).atMost(inputs[input].bound)
    }

    /// Computes the last `count` pixels (1 to 8) of a run of eight or more, which ends before offset `end` of each plane.
    @inline(__always)
    func singlePixels(_ count: Int, endingAt end: Int) {
        let source = source + (end &- 8)
        if computes {
            fill(HardSwish.self, Pixels8<Element>.self, source, of: 8)
        } else {
            for input in 0..<rising {
                (raised(source, input, of: 8) as Pixels8<Element>).store(to: panel + 8 &* input)
            }
            for input in rising..<self.count {
                (lowered(source, input, of: 8) as Pixels8<Element>).store(to: panel + 8 &* input)
            }
        }
        for pixel in 8 &- count..<8 {
            products.runPixel(UnsafePointer(panel + pixel), to: end &- 8 &+ pixel)
        }
    }

    /// A tile's pixels of an input at a place of a line; nothing beyond the line is read.
    @inline(__always)
    func load<P: PixelVectors<Element>>(
        _: P.Type, _ source: UnsafePointer<Element>, _ input: Int, of pixels: Int
    ) -> P {
        let place = (UnsafeRawPointer(source) + Int(inputs[input].plane) &* planeBytes)
            .assumingMemoryBound(to: Element.self)
        return P.width == 8 && pixels < 8 ? P(loading: place, count: pixels) : P(loading: place)
    }
}

/// A tile of outputs that takes its inputs as they are gathered.
private struct Gathering<Tile: OutputTile> {
    typealias Element = Tile.Element

    var sums: Tile
    var weights: UnsafePointer<Element>
    var panel: UnsafeMutablePointer<Element>

    @inline(__always)
    init(_ packed: UnsafePointer<Element>, panel: UnsafeMutablePointer<Element>) {
        sums = Tile(bias: packed)
        weights = packed + Tile.outputs
        self.panel = panel
    }

    /// Where this goes on, with sums of zero.
    @inline(__always)
    var part: Self {
        var part = self
        part.sums = Tile()
        return part
    }

    /// Adds the sums of `part` and goes on where it ended.
    @inline(__always)
    mutating func add(_ part: Self) {
        sums.add(part.sums)
        (weights, panel) = (part.weights, part.panel)
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
private struct FourPlanes<Element: KernelElement>: SumDestination {
    private var plane0: UnsafeMutablePointer<Element>
    private var plane1: UnsafeMutablePointer<Element>
    private var plane2: UnsafeMutablePointer<Element>
    private var plane3: UnsafeMutablePointer<Element>

    @inline(__always)
    init(_ products: PanelProducts<Element>, offset: Int) {
        let (output, offsets) = (products.output + offset, products.outputOffsets)
        (plane0, plane1) = (output + offsets[0], output + offsets[1])
        (plane2, plane3) = (output + offsets[2], output + offsets[3])
    }

    @inline(__always)
    mutating func advance(by pixels: Int) {
        plane0 += pixels
        plane1 += pixels
        plane2 += pixels
        plane3 += pixels
    }

    @inline(__always)
    func store<Pixels: PixelVectors<Element>>(_ sums: Pixels, output: Int, row: Int) {
        switch output {
        case 0: sums.store(to: plane0)
        case 1: sums.store(to: plane1)
        case 2: sums.store(to: plane2)
        default: sums.store(to: plane3)
        }
    }
}
