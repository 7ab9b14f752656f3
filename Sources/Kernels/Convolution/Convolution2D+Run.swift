import ModelFormat

extension Convolution2D {
    /// Computes the given rows of the given groups' outputs.
    ///
    /// Calls for different groups or rows may run at the same time if each has its own scratch. Allocates nothing.
    ///
    /// - Precondition: the buffers have the sizes that the operands' descriptions give, `scratch` has `scratchCount`
    ///   elements, and the ranges lie within the convolution.
    func run<Element: TiledElement>(
        _: Element.Type, _ operands: Convolution2DOperands<Element>, groups groupRange: Range<Int>, rows: Range<Int>,
        scratch: UnsafeMutablePointer<Element>
    ) {
        precondition(groupRange.lowerBound >= 0 && groupRange.upperBound <= groups)
        precondition(rows.lowerBound >= 0 && rows.upperBound <= height)
        let end = rows.upperBound &* width
        for group in groupRange {
            let run = ConvolutionRun(self, operands, group: group, scratch: scratch)
            var first = rows.lowerBound &* width
            while first < end {
                let count = min(end &- first, blockPixels)
                run.block(first..<first &+ count)
                first &+= count
            }
        }
    }
}

/// One group's share of a call.
private struct ConvolutionRun<Element: TiledElement> {
    let shape: Convolution2D
    let operands: Convolution2DOperands<Element>
    let group: Int
    let panels: PatchPanels<Element>
    let biases: UnsafePointer<Element>
    let panel: UnsafeMutablePointer<Element>
    let saved: UnsafeMutablePointer<Element>

    init(
        _ shape: Convolution2D, _ operands: Convolution2DOperands<Element>, group: Int,
        scratch: UnsafeMutablePointer<Element>
    ) {
        self.shape = shape
        biases = operands.weights + group &* shape.packedGroupCount
        self.operands = operands
        self.group = group
        saved = scratch
        panel = scratch + shape.savedCount
        panels = PatchPanels(
            shape, operands, firstInput: group &* shape.inputs, band: panel + shape.panelCount)
    }

    /// Computes all outputs of some consecutive pixels.
    func block(_ pixels: Range<Int>) {
        let tiling = PixelTiling(pixels: pixels.count)
        let lanes = shape.outputTiles &* Convolution2D.tileOutputs
        let blocks = shape.inputBlocks
        var weights = biases + lanes
        for number in 0..<blocks {
            let first = number &* shape.blockInputs
            let inputs = first..<min(first &+ shape.blockInputs, shape.inputs)
            let source = panels.prepare(inputs: inputs, pixels: pixels)
            let stage = Stage(
                products: inputs.count &* shape.taps, weights: weights, isFirst: number == 0,
                isLast: number == blocks &- 1)
            var pixel = 0
            var saved = saved
            for _ in 0..<tiling.tiles16 { tile(Element.Pixels16.self, source, stage, pixels, &pixel, &saved) }
            for _ in 0..<tiling.tiles8 { tile(Pixels8<Element>.self, source, stage, pixels, &pixel, &saved) }
            weights += stage.products &* lanes
        }
    }

    /// One block of inputs.
    private struct Stage {
        let products: Int
        let weights: UnsafePointer<Element>
        let isFirst: Bool
        let isLast: Bool
    }

    /// Adds one block's products to all outputs of the tile that begins at `pixel` of the pixels.
    @inline(__always)
    private func tile<P: PixelVectors<Element>>(
        _: P.Type, _ source: PatchPanels<Element>.Source, _ stage: Stage, _ pixels: Range<Int>, _ pixel: inout Int,
        _ saved: inout UnsafeMutablePointer<Element>
    ) {
        let offset = PixelTiling.start(P.self, pixel, in: pixels.count)
        let first = pixels.lowerBound &+ offset
        let destination = ContiguousPixels(first: first, count: pixels.count &- offset)
        panels.fill(P.self, panel, source, pixels: first..<first &+ min(P.width, destination.count))
        var weights = stage.weights
        var channel = 0
        if P.width == 8 {
            // Four sums in flight would leave the multipliers waiting.
            while shape.outputs &- channel > 4 {
                var tile0 = begin(P.self, stage, channel, saved)
                var tile1 = begin(P.self, stage, channel &+ 4, saved + OutputTile4<P>.savedCount)
                let second = stage.products &* 4
                var (pixels, rest) = (UnsafePointer(panel), stage.products)
                while rest > Element.sumTerms {
                    var (part0, part1) = (OutputTile4<P>(), OutputTile4<P>())
                    add(Element.sumTerms, &pixels, &weights, second, to: &part0, &part1)
                    tile0.add(part0)
                    tile1.add(part1)
                    rest &-= Element.sumTerms
                }
                add(rest, &pixels, &weights, second, to: &tile0, &tile1)
                weights += second
                finish(tile0, stage, channel, saved, destination)
                finish(tile1, stage, channel &+ 4, saved + OutputTile4<P>.savedCount, destination)
                saved += 2 &* OutputTile4<P>.savedCount
                channel &+= 8
            }
        }
        while channel < shape.outputs {
            var tile = begin(P.self, stage, channel, saved)
            var (pixels, rest) = (UnsafePointer(panel), stage.products)
            while rest > Element.sumTerms {
                var part = OutputTile4<P>()
                add(Element.sumTerms, &pixels, &weights, to: &part)
                tile.add(part)
                rest &-= Element.sumTerms
            }
            add(rest, &pixels, &weights, to: &tile)
            finish(tile, stage, channel, saved, destination)
            saved += OutputTile4<P>.savedCount
            channel &+= 4
        }
        pixel &+= P.width
    }

    /// Adds the next products to two tiles, whose weights lie `second` elements apart.
    @inline(__always)
    private func add<P: PixelVectors<Element>>(
        _ products: Int, _ pixels: inout UnsafePointer<Element>, _ weights: inout UnsafePointer<Element>, _ second: Int,
        to tile0: inout OutputTile4<P>, _ tile1: inout OutputTile4<P>
    ) {
        for _ in 0..<products {
            let bundle = P(loading: pixels)
            tile0.addProduct(bundle, weights)
            tile1.addProduct(bundle, weights + second)
            pixels += P.width
            weights += 4
        }
    }

    /// Adds the next products to a tile.
    @inline(__always)
    private func add<P: PixelVectors<Element>>(
        _ products: Int, _ pixels: inout UnsafePointer<Element>, _ weights: inout UnsafePointer<Element>,
        to tile: inout OutputTile4<P>
    ) {
        for _ in 0..<products / 4 {
            tile.addProduct(P(loading: pixels), weights)
            tile.addProduct(P(loading: pixels + P.width), weights + 4)
            tile.addProduct(P(loading: pixels + 2 &* P.width), weights + 8)
            tile.addProduct(P(loading: pixels + 3 &* P.width), weights + 12)
            pixels += 4 &* P.width
            weights += 16
        }
        for _ in 0..<products % 4 {
            tile.addProduct(P(loading: pixels), weights)
            pixels += P.width
            weights += 4
        }
    }

    /// Sums that go on from those of the block before, or are added to them at the end where sums are taken in parts.
    @inline(__always)
    private func begin<P: PixelVectors<Element>>(
        _: P.Type, _ stage: Stage, _ channel: Int, _ saved: UnsafeMutablePointer<Element>
    ) -> OutputTile4<P> {
        if stage.isFirst { return OutputTile4<P>(bias: biases + channel) }
        return Element.sumTerms == .max ? OutputTile4<P>(saved: saved) : OutputTile4<P>()
    }

    @inline(__always)
    private func finish<P: PixelVectors<Element>>(
        _ tile: OutputTile4<P>, _ stage: Stage, _ channel: Int, _ saved: UnsafeMutablePointer<Element>,
        _ destination: ContiguousPixels
    ) {
        var tile = tile
        if Element.sumTerms < .max && !stage.isFirst { tile.add(OutputTile4<P>(saved: saved)) }
        guard stage.isLast else { return tile.save(to: saved) }
        tile.store(
            shape.activation,
            to: PlaneDestination(
                operands: operands, first: group &* shape.outputs &+ channel, outputs: shape.outputs &- channel,
                pixels: destination), row: 0)
    }
}

/// The planes of four outputs, so far as the group has them.
private struct PlaneDestination<Element: KernelElement>: SumDestination {
    let operands: Convolution2DOperands<Element>
    /// The channel of the first output.
    let first: Int
    let outputs: Int
    let pixels: ContiguousPixels

    @inline(__always)
    func store<Pixels: PixelVectors<Element>>(_ sums: Pixels, output: Int, row: Int) {
        guard output < outputs else { return }
        pixels.store(sums, in: operands.outputPlane(first &+ output))
    }
}
