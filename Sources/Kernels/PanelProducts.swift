import CVector

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
        for _ in 0..<inputs / 4 {
            for input in 0..<4 {
                let bundle = P(loading: pixels + input &* P.width)
                tile0.addProduct(bundle, weights + 4 &* input)
                tile1.addProduct(bundle, weights + (tileStride &+ 4 &* input))
            }
            pixels += 4 &* P.width
            weights += 16
        }
        for _ in 0..<inputs % 4 {
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

extension PanelProducts {
    /// Computes one pixel, which is lane 0 of each vector of a panel `[inputs][8]`, and writes it at `offset` of each
    /// output's plane.
    @inline(__always)
    func runPixel(_ panel: UnsafePointer<Float>, to offset: Int, planeStride: Int) {
        let tiles = (outputs &+ 3) / 4
        var tile = 0
        while tile &+ 8 <= tiles {
            var sums = (
                bias(tile), bias(tile &+ 1), bias(tile &+ 2), bias(tile &+ 3), bias(tile &+ 4), bias(tile &+ 5),
                bias(tile &+ 6), bias(tile &+ 7)
            )
            var pixel = panel
            var weights = weights + (tile &* tileStride &+ 4)
            for _ in 0..<inputs {
                let value = SIMD4<Float>(repeating: pixel.pointee)
                sums.0 = product(sums.0, value, weights)
                sums.1 = product(sums.1, value, weights + tileStride)
                sums.2 = product(sums.2, value, weights + 2 &* tileStride)
                sums.3 = product(sums.3, value, weights + 3 &* tileStride)
                sums.4 = product(sums.4, value, weights + 4 &* tileStride)
                sums.5 = product(sums.5, value, weights + 5 &* tileStride)
                sums.6 = product(sums.6, value, weights + 6 &* tileStride)
                sums.7 = product(sums.7, value, weights + 7 &* tileStride)
                pixel += 8
                weights += 4
            }
            store(sums.0, tile, offset, planeStride)
            store(sums.1, tile &+ 1, offset, planeStride)
            store(sums.2, tile &+ 2, offset, planeStride)
            store(sums.3, tile &+ 3, offset, planeStride)
            store(sums.4, tile &+ 4, offset, planeStride)
            store(sums.5, tile &+ 5, offset, planeStride)
            store(sums.6, tile &+ 6, offset, planeStride)
            store(sums.7, tile &+ 7, offset, planeStride)
            tile &+= 8
        }
        while tile < tiles {
            var sum = bias(tile)
            for input in 0..<inputs {
                sum = product(
                    sum, SIMD4(repeating: panel[8 &* input]), weights + (tile &* tileStride &+ 4 &+ 4 &* input))
            }
            store(sum, tile, offset, planeStride)
            tile &+= 1
        }
    }

    @inline(__always)
    private func bias(_ tile: Int) -> SIMD4<Float> {
        UnsafeRawPointer(weights + tile &* tileStride).loadUnaligned(as: SIMD4<Float>.self)
    }

    @inline(__always)
    private func product(_ sum: SIMD4<Float>, _ value: SIMD4<Float>, _ weights: UnsafePointer<Float>) -> SIMD4<Float> {
        condensenet_multiply_add4(
            sum, UnsafeRawPointer(weights).loadUnaligned(as: SIMD4<Float>.self), value)
    }

    /// Writes one pixel of a tile's outputs, so far as the group has them.
    @inline(__always)
    private func store(_ sums: SIMD4<Float>, _ tile: Int, _ offset: Int, _ planeStride: Int) {
        for output in 0..<min(4, outputs &- 4 &* tile) {
            let channel = firstChannel &+ 4 &* tile &+ output
            let plane = outputPlanes.map { Int($0[channel]) } ?? channel
            self.output[plane &* planeStride &+ offset] = rectifies ? rectified(sums[output]) : sums[output]
        }
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
