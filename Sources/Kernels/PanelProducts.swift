/// All outputs of a group, computed from panels of its inputs.
///
/// Outputs are packed in tiles of four, `[1 + inputs][4]` each, the bias first. Sums begin with the bias and take the
/// inputs in ascending order.
struct PanelProducts {
    /// Inputs in a panel.
    let inputs: Int
    /// Outputs of the group.
    let outputs: Int
    /// Whether ReLU is applied to the sums.
    let rectifies: Bool
    /// The group's packed output tiles.
    let weights: UnsafePointer<Float>
    /// The output planes.
    let output: UnsafeMutablePointer<Float>
    /// The plane of each output channel; nil where channel `c` is plane `c`.
    let outputPlanes: UnsafePointer<Int32>?
    /// The group's first output channel.
    let firstChannel: Int

    /// Floats from one packed output tile to the next.
    @inline(__always)
    private var tileStride: Int { (inputs &+ 1) &* 4 }

    /// Computes the pixels of one panel `[inputs][P.width]` and writes them to a place in each output's plane.
    @inline(__always)
    func run<P: PixelVectors>(
        _: P.Type, _ panel: UnsafePointer<Float>, to destination: some PixelDestination, planeStride: Int
    ) {
        var weights = weights
        var first = 0
        if P.width == 8 {
            // Four sums in flight would leave the multipliers waiting.
            while outputs &- first > 4 {
                let (tile0, tile1) = pairOfTiles(P.self, panel, weights)
                store(tile0, first, to: destination, planeStride: planeStride)
                store(tile1, first &+ 4, to: destination, planeStride: planeStride)
                weights += 2 &* tileStride
                first &+= 8
            }
        }
        while first < outputs {
            let tile = oneTile(P.self, panel, weights)
            store(tile, first, to: destination, planeStride: planeStride)
            weights += tileStride
            first &+= 4
        }
    }

    @inline(__always)
    private func oneTile<P: PixelVectors>(
        _: P.Type, _ panel: UnsafePointer<Float>, _ packed: UnsafePointer<Float>
    ) -> OutputTile4<P> {
        var tile = OutputTile4<P>(bias: packed)
        var pixels = panel
        var weights = packed + 4
        for _ in 0..<inputs / 4 {
            tile.addProduct(P(loading: pixels), weights)
            tile.addProduct(P(loading: pixels + P.width), weights + 4)
            tile.addProduct(P(loading: pixels + 2 &* P.width), weights + 8)
            tile.addProduct(P(loading: pixels + 3 &* P.width), weights + 12)
            pixels += 4 &* P.width
            weights += 16
        }
        for _ in 0..<inputs % 4 {
            tile.addProduct(P(loading: pixels), weights)
            pixels += P.width
            weights += 4
        }
        return tile
    }

    @inline(__always)
    private func pairOfTiles<P: PixelVectors>(
        _: P.Type, _ panel: UnsafePointer<Float>, _ packed: UnsafePointer<Float>
    ) -> (OutputTile4<P>, OutputTile4<P>) {
        let tileStride = tileStride
        var tile0 = OutputTile4<P>(bias: packed)
        var tile1 = OutputTile4<P>(bias: packed + tileStride)
        var pixels = panel
        var weights = packed + 4
        for _ in 0..<inputs {
            let bundle = P(loading: pixels)
            tile0.addProduct(bundle, weights)
            tile1.addProduct(bundle, weights + tileStride)
            pixels += P.width
            weights += 4
        }
        return (tile0, tile1)
    }

    @inline(__always)
    private func store<P: PixelVectors>(
        _ tile: OutputTile4<P>, _ first: Int, to destination: some PixelDestination, planeStride: Int
    ) {
        tile.store(
            to: OutputPlanes(products: self, first: first, pixels: destination, planeStride: planeStride), row: 0)
    }
}

/// The planes of a tile's outputs, so far as the group has them.
private struct OutputPlanes<Destination: PixelDestination>: SumDestination {
    let products: PanelProducts
    let first: Int
    let pixels: Destination
    let planeStride: Int

    @inline(__always)
    func store<P: PixelVectors>(_ sums: P, output: Int, row: Int) {
        guard first &+ output < products.outputs else { return }
        let channel = products.firstChannel &+ first &+ output
        let plane = products.outputPlanes.map { Int($0[channel]) } ?? channel
        let result = products.rectifies ? sums.rectified() : sums
        pixels.store(result, in: products.output + plane &* planeStride)
    }
}
