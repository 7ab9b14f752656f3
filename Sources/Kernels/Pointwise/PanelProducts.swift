import ModelFormat

/// The outputs of a group, computed tile by tile from panels of its inputs.
///
/// Outputs are packed tile by tile (`OutputTiling`), `[1 + inputs][outputs of the tile]` each, the bias first. Sums begin
/// with the bias and take the inputs in ascending order.
struct PanelProducts<Element: KernelElement> {
    /// Inputs in a panel.
    let inputs: Int
    /// Outputs of the group.
    let outputs: Int
    /// The tiles that they are packed in.
    let tiling: OutputTiling
    /// What is applied to the sums.
    let activation: Activation
    /// The group's packed output tiles.
    let weights: UnsafePointer<Element>
    /// The output planes.
    let output: UnsafeMutablePointer<Element>
    /// Where each output's plane lies.
    let outputOffsets: PlaneOffsets

    /// All outputs.
    @inline(__always)
    var remaining: RemainingOutputs<Element> { RemainingOutputs(weights: weights, first: 0) }

    /// Computes the remaining outputs of the pixels of one panel `[inputs][P.width]` and writes them to a place in each
    /// output's plane.
    @inline(__always)
    func run<P: PixelVectors<Element>>(
        _: P.Type, _ panel: UnsafePointer<Element>, _ remaining: inout RemainingOutputs<Element>,
        to destination: some PixelDestination
    ) {
        let fours = 4 &* tiling.fours
        while remaining.first < fours { tile(OutputTile4<P>.self, panel, &remaining, to: destination) }
        while remaining.first < outputs { tile(OutputTile6<P>.self, panel, &remaining, to: destination) }
    }

    /// Computes one tile and steps on to the next.
    @inline(__always)
    func tile<Tile: OutputTile>(
        _: Tile.Type, _ panel: UnsafePointer<Element>, _ remaining: inout RemainingOutputs<Element>,
        to destination: some PixelDestination
    ) where Tile.Element == Element {
        var sums = Tile(bias: remaining.weights)
        var pixels = panel
        var weights = remaining.weights + Tile.outputs
        var rest = inputs
        while rest > Element.sumTerms {
            var part = Tile()
            add(Element.sumTerms, &pixels, &weights, to: &part)
            sums.add(part)
            rest &-= Element.sumTerms
        }
        add(rest, &pixels, &weights, to: &sums)
        store(sums, &remaining, next: weights, to: destination)
    }

    /// Adds the products of the next `inputs` inputs.
    @inline(__always)
    private func add<Tile: OutputTile>(
        _ inputs: Int, _ pixels: inout UnsafePointer<Element>, _ weights: inout UnsafePointer<Element>,
        to sums: inout Tile
    ) where Tile.Element == Element {
        let width = Tile.Pixels.width
        for _ in 0..<inputs / 4 {
            prefetch(weights)
            prefetch(weights + 16)
            sums.addProduct(Tile.Pixels(loading: pixels), weights)
            sums.addProduct(Tile.Pixels(loading: pixels + width), weights + Tile.outputs)
            sums.addProduct(Tile.Pixels(loading: pixels + 2 &* width), weights + 2 &* Tile.outputs)
            sums.addProduct(Tile.Pixels(loading: pixels + 3 &* width), weights + 3 &* Tile.outputs)
            pixels += 4 &* width
            weights += 4 &* Tile.outputs
        }
        for _ in 0..<inputs % 4 {
            sums.addProduct(Tile.Pixels(loading: pixels), weights)
            pixels += width
            weights += Tile.outputs
        }
    }

    /// Writes the next tile's outputs and steps on to the one after it, whose weights begin at `next`.
    @inline(__always)
    func store<Tile: OutputTile>(
        _ sums: Tile, _ remaining: inout RemainingOutputs<Element>, next: UnsafePointer<Element>,
        to destination: some PixelDestination
    ) where Tile.Element == Element {
        sums.store(
            activation, to: OutputPlanes(products: self, first: remaining.first, pixels: destination), row: 0)
        remaining = RemainingOutputs(weights: next, first: remaining.first &+ Tile.outputs)
    }
}

/// The outputs of a group that are still to be computed.
struct RemainingOutputs<Element> {
    /// The packed weights of the next tile.
    let weights: UnsafePointer<Element>
    /// The next tile's first output.
    let first: Int
}

extension PanelProducts {
    /// Computes one pixel, which is lane 0 of each vector of a panel `[inputs][8]`, and writes it at `offset` of each
    /// output's plane.
    @inline(__always)
    func runPixel(_ panel: UnsafePointer<Element>, to offset: Int) {
        let stride = 6 &* (inputs &+ 1)
        var (weights, first) = (weights, 0)
        for _ in 0..<tiling.fours { runPixel(4, panel, &weights, &first, offset) }
        var remaining = tiling.sixes
        while remaining >= 5 {
            var sums = (
                loadVector(weights), loadVector(weights + stride), loadVector(weights + 2 &* stride),
                loadVector(weights + 3 &* stride), loadVector(weights + 4 &* stride)
            )
            var (pixel, row, rest) = (panel, weights + 6, inputs)
            while rest > Element.sumTerms {
                let zero = SIMD8<Element>(repeating: 0)
                var part = (zero, zero, zero, zero, zero)
                add(Element.sumTerms, &pixel, &row, stride, to: &part)
                sums = (
                    Element.add(sums.0, part.0), Element.add(sums.1, part.1), Element.add(sums.2, part.2),
                    Element.add(sums.3, part.3), Element.add(sums.4, part.4)
                )
                rest &-= Element.sumTerms
            }
            add(rest, &pixel, &row, stride, to: &sums)
            store(sums.0, 6, &first, offset)
            store(sums.1, 6, &first, offset)
            store(sums.2, 6, &first, offset)
            store(sums.3, 6, &first, offset)
            store(sums.4, 6, &first, offset)
            weights += 5 &* stride
            remaining &-= 5
        }
        for _ in 0..<remaining { runPixel(6, panel, &weights, &first, offset) }
    }

    /// Adds one pixel's products of the next inputs to five tiles of six outputs, whose weights lie `stride` apart.
    @inline(__always)
    private func add(
        _ inputs: Int, _ pixel: inout UnsafePointer<Element>, _ row: inout UnsafePointer<Element>, _ stride: Int,
        to sums: inout (SIMD8<Element>, SIMD8<Element>, SIMD8<Element>, SIMD8<Element>, SIMD8<Element>)
    ) {
        for _ in 0..<inputs {
            let value = SIMD8(repeating: pixel.pointee)
            sums.0 = multiplyAdd(sums.0, loadVector(row), value)
            sums.1 = multiplyAdd(sums.1, loadVector(row + stride), value)
            sums.2 = multiplyAdd(sums.2, loadVector(row + 2 &* stride), value)
            sums.3 = multiplyAdd(sums.3, loadVector(row + 3 &* stride), value)
            sums.4 = multiplyAdd(sums.4, loadVector(row + 4 &* stride), value)
            pixel += 8
            row += 6
        }
    }

    /// Computes one pixel of one tile of `count` outputs and steps on to the next.
    @inline(__always)
    private func runPixel(
        _ count: Int, _ panel: UnsafePointer<Element>, _ weights: inout UnsafePointer<Element>, _ first: inout Int,
        _ offset: Int
    ) {
        var sum = loadVector(weights)
        weights += count
        var (pixel, rest) = (panel, inputs)
        while rest > Element.sumTerms {
            var part = SIMD8<Element>(repeating: 0)
            add(Element.sumTerms, count, &pixel, &weights, to: &part)
            sum = Element.add(sum, part)
            rest &-= Element.sumTerms
        }
        add(rest, count, &pixel, &weights, to: &sum)
        store(sum, count, &first, offset)
    }

    /// Adds one pixel's products of the next inputs to a tile of `count` outputs.
    @inline(__always)
    private func add(
        _ inputs: Int, _ count: Int, _ pixel: inout UnsafePointer<Element>, _ weights: inout UnsafePointer<Element>,
        to sum: inout SIMD8<Element>
    ) {
        for _ in 0..<inputs {
            sum = multiplyAdd(sum, loadVector(weights), SIMD8(repeating: pixel.pointee))
            pixel += 8
            weights += count
        }
    }

    /// Writes one pixel of a tile's outputs, so far as the group has them.
    @inline(__always)
    private func store(_ sums: SIMD8<Element>, _ count: Int, _ first: inout Int, _ offset: Int) {
        let results = activation.applied(to: sums)
        for output in 0..<min(count, outputs &- first) {
            self.output[outputOffsets[first &+ output] &+ offset] = results[output]
        }
        first &+= count
    }
}

/// The planes of a tile's outputs, so far as the group has them.
private struct OutputPlanes<Element: KernelElement, Destination: PixelDestination>: SumDestination {
    let products: PanelProducts<Element>
    let first: Int
    let pixels: Destination

    @inline(__always)
    func store<P: PixelVectors<Element>>(_ sums: P, output: Int, row: Int) {
        guard first &+ output < products.outputs else { return }
        pixels.store(sums, in: products.output + products.outputOffsets[first &+ output])
    }
}
