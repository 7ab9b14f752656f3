/// All outputs of a group, computed from panels of its inputs.
///
/// Outputs are packed tile by tile (`OutputTiling`), `[1 + inputs][outputs of the tile]` each, the bias first. Sums begin
/// with the bias and take the inputs in ascending order.
struct PanelProducts {
    /// Inputs in a panel.
    let inputs: Int
    /// Outputs of the group.
    let outputs: Int
    /// The tiles that they are packed in.
    let tiling: OutputTiling
    /// Whether ReLU is applied to the sums.
    let rectifies: Bool
    /// The group's packed output tiles.
    let weights: UnsafePointer<Float>
    /// The output planes.
    let output: UnsafeMutablePointer<Float>
    /// Where each output's plane lies.
    let outputPlaces: OffsetTable

    /// Computes the pixels of one panel `[inputs][P.width]` and writes them to a place in each output's plane.
    @inline(__always)
    func run<P: PixelVectors>(
        _: P.Type, _ panel: UnsafePointer<Float>, to destination: some PixelDestination
    ) {
        var weights = weights
        var first = 0
        for _ in 0..<tiling.sixes {
            tile(OutputTile6<P>.self, panel, &weights, &first, to: destination)
        }
        for _ in 0..<tiling.fours {
            tile(OutputTile4<P>.self, panel, &weights, &first, to: destination)
        }
    }

    /// Computes one tile and steps on to the next.
    @inline(__always)
    func tile<Tile: OutputTile>(
        _: Tile.Type, _ panel: UnsafePointer<Float>, _ weights: inout UnsafePointer<Float>, _ first: inout Int,
        to destination: some PixelDestination
    ) {
        let width = Tile.Pixels.width
        var tile = Tile(bias: weights)
        var pixels = panel
        weights += Tile.outputs
        for _ in 0..<inputs / 4 {
            prefetch(weights)
            prefetch(weights + 16)
            tile.addProduct(Tile.Pixels(loading: pixels), weights)
            tile.addProduct(Tile.Pixels(loading: pixels + width), weights + Tile.outputs)
            tile.addProduct(Tile.Pixels(loading: pixels + 2 &* width), weights + 2 &* Tile.outputs)
            tile.addProduct(Tile.Pixels(loading: pixels + 3 &* width), weights + 3 &* Tile.outputs)
            pixels += 4 &* width
            weights += 4 &* Tile.outputs
        }
        for _ in 0..<inputs % 4 {
            tile.addProduct(Tile.Pixels(loading: pixels), weights)
            pixels += width
            weights += Tile.outputs
        }
        store(tile, first, to: destination)
        first &+= Tile.outputs
    }

    /// Writes a tile of outputs from `first` on.
    @inline(__always)
    func store(_ tile: some OutputTile, _ first: Int, to destination: some PixelDestination) {
        tile.store(to: OutputPlanes(products: self, first: first, pixels: destination), row: 0)
    }
}

extension PanelProducts {
    /// Computes one pixel, which is lane 0 of each vector of a panel `[inputs][8]`, and writes it at `offset` of each
    /// output's plane.
    @inline(__always)
    func runPixel(_ panel: UnsafePointer<Float>, to offset: Int) {
        let stride = 6 &* (inputs &+ 1)
        var (weights, first) = (weights, 0)
        var remaining = tiling.sixes
        while remaining >= 5 {
            var sums = (
                loadVector(weights), loadVector(weights + stride), loadVector(weights + 2 &* stride),
                loadVector(weights + 3 &* stride), loadVector(weights + 4 &* stride)
            )
            var (pixel, row) = (panel, weights + 6)
            for _ in 0..<inputs {
                let value = PixelVector(repeating: pixel.pointee)
                sums.0 = multiplyAdd(sums.0, loadVector(row), value)
                sums.1 = multiplyAdd(sums.1, loadVector(row + stride), value)
                sums.2 = multiplyAdd(sums.2, loadVector(row + 2 &* stride), value)
                sums.3 = multiplyAdd(sums.3, loadVector(row + 3 &* stride), value)
                sums.4 = multiplyAdd(sums.4, loadVector(row + 4 &* stride), value)
                pixel += 8
                row += 6
            }
            store(sums.0, 6, &first, offset)
            store(sums.1, 6, &first, offset)
            store(sums.2, 6, &first, offset)
            store(sums.3, 6, &first, offset)
            store(sums.4, 6, &first, offset)
            weights += 5 &* stride
            remaining &-= 5
        }
        for _ in 0..<remaining { runPixel(6, panel, &weights, &first, offset) }
        for _ in 0..<tiling.fours { runPixel(4, panel, &weights, &first, offset) }
    }

    /// Computes one pixel of one tile of `count` outputs and steps on to the next.
    @inline(__always)
    private func runPixel(
        _ count: Int, _ panel: UnsafePointer<Float>, _ weights: inout UnsafePointer<Float>, _ first: inout Int,
        _ offset: Int
    ) {
        var sum = loadVector(weights)
        weights += count
        for input in 0..<inputs {
            sum = multiplyAdd(sum, loadVector(weights), PixelVector(repeating: panel[8 &* input]))
            weights += count
        }
        store(sum, count, &first, offset)
    }

    /// Writes one pixel of a tile's outputs, so far as the group has them.
    @inline(__always)
    private func store(_ sums: PixelVector, _ count: Int, _ first: inout Int, _ offset: Int) {
        for output in 0..<min(count, outputs &- first) {
            self.output[outputPlaces[first &+ output] &+ offset] = rectifies ? rectified(sums[output]) : sums[output]
        }
        first &+= count
    }
}

/// The planes of a tile's outputs, so far as the group has them.
private struct OutputPlanes<Destination: PixelDestination>: SumDestination {
    let products: PanelProducts
    let first: Int
    let pixels: Destination

    @inline(__always)
    func store<P: PixelVectors>(_ sums: P, output: Int, row: Int) {
        guard first &+ output < products.outputs else { return }
        let result = products.rectifies ? sums.rectified() : sums
        pixels.store(result, in: products.output + products.outputPlaces[first &+ output])
    }
}
