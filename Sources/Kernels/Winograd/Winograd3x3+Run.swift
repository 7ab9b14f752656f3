import CVector

extension Winograd3x3 {
    /// Computes the given tiles of up to four outputs each; tile `t` of group `g` is number `g * tiles / groups + t`.
    ///
    /// Calls for different tiles may run at the same time if each has its own scratch; each transforms the inputs of its
    /// groups. Allocates nothing.
    ///
    /// - Precondition: the buffers have the sizes that the operands' descriptions give, `scratch` has `scratchCount`
    ///   floats, and the range lies within `0..<tiles`.
    public func run(_ operands: Winograd3x3Operands, tiles range: Range<Int>, scratch: UnsafeMutablePointer<Float>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= tiles)
        guard !range.isEmpty else { return }
        for group in range.lowerBound / groupTiles...(range.upperBound - 1) / groupTiles {
            let first = group * groupTiles
            let run = WinogradRun(
                self, operands, group: group, tiles: range.clamped(to: first..<first + groupTiles), scratch: scratch)
            for block in stride(from: 0, to: blocks, by: blocksAtOnce) {
                let range = block..<min(block + blocksAtOnce, blocks)
                run.transform(range)
                run.multiply(range)
                run.finish(range)
            }
        }
    }
}

/// One group's share of a call.
private struct WinogradRun {
    private let shape: Winograd3x3
    private let operands: Winograd3x3Operands
    private let group: Int
    /// The tiles to compute, counted within the group.
    private let tiles: Range<Int>
    private let weights: UnsafePointer<Float>
    /// `[6 points][inputs][stride]`, the points `transformedPoint` floats apart.
    private let transformed: UnsafeMutablePointer<Float>
    private let transformedPoint: Int
    private let stride: Int
    /// `[6 points][tiles][4][places]`.
    private let sums: UnsafeMutablePointer<Float>
    private let places: Int

    init(
        _ shape: Winograd3x3, _ operands: Winograd3x3Operands, group: Int, tiles: Range<Int>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        self.shape = shape
        self.operands = operands
        self.group = group
        self.tiles = tiles.lowerBound - group * shape.groupTiles..<tiles.upperBound - group * shape.groupTiles
        weights = operands.weights + group * shape.packedGroupCount
        transformed = scratch
        stride = shape.transformedStride
        transformedPoint = shape.transformedPoint
        sums = scratch + shape.transformedCount
        places = shape.places
    }

    /// Floats from one point's sums to the next's.
    private var sumsPoint: Int { tiles.count &* Winograd3x3.tileOutputs &* places }

    /// Transforms all inputs of some blocks.
    ///
    /// The last vector of a row ends with the zero behind the row; rows of whole vectors have theirs written apart. In a
    /// row of fewer than seven pixels it reaches into the rows that are written next. What vectors of the sums reach
    /// behind the last row's zero is read, and no result depends on it.
    func transform(_ blocks: Range<Int>) {
        let width = shape.width
        var source = operands.input + group &* shape.inputs &* operands.inputPlaneStride
        var target = transformed + Winograd3x3.lead
        setZero(target - 1)
        for _ in 0..<shape.inputs {
            for vector in 0..<width / 8 {
                column(source + 8 &* vector, to: target + 8 &* vector, blocks) { loadVector($0) }
            }
            if width % 8 == 0 {
                for block in 0..<blocks.count { setZero(target + (block &* shape.rowStride &+ width)) }
            } else {
                let last = shape.rowStride % 8 == 0 ? width & ~7 : max(0, width &- 7)
                let lanes = Int32(width &- last)
                column(source + last, to: target + last, blocks) { condensenet_first_lanes8(loadVector($0), lanes) }
            }
            source += operands.inputPlaneStride
            target += stride
        }
    }

    /// Transforms one vector of the rows of some blocks, from the top down: a block's last two rows are the next one's first.
    ///
    /// - Parameters:
    ///   - plane: the vector in the first row of an input.
    ///   - load: reads the vector of a row.
    @inline(__always)
    private func column(
        _ plane: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ blocks: Range<Int>,
        load: (UnsafePointer<Float>) -> PixelVector
    ) {
        let (width, zero) = (shape.width, PixelVector(repeating: 0))
        let last = shape.blocks &- 1
        var row = plane + blocks.lowerBound &* WinogradTransform.results &* width
        var target = target
        var (x0, x1) = (blocks.lowerBound == 0 ? zero : load(row - width), load(row))
        for _ in blocks.lowerBound..<min(blocks.upperBound, last) {
            let (x2, x3) = (load(row + width), load(row + 2 &* width))
            let (x4, x5) = (load(row + 3 &* width), load(row + 4 &* width))
            store(WinogradTransform.input(x0, x1, x2, x3, x4, x5), to: target)
            (x0, x1) = (x4, x5)
            row += WinogradTransform.results &* width
            target += shape.rowStride
        }
        guard blocks.upperBound > last else { return }
        let rows = shape.height &- last &* WinogradTransform.results
        let x2 = rows > 1 ? load(row + width) : zero
        guard !shape.hasShortBlock else {
            let values = WinogradTransform.inputOfTwo(x0, x1, x2, zero)
            return store((values.0, values.1, values.2, zero, zero, values.3), to: target)
        }
        let x3 = rows > 2 ? load(row + 2 &* width) : zero
        let x4 = rows > 3 ? load(row + 3 &* width) : zero
        store(WinogradTransform.input(x0, x1, x2, x3, x4, zero), to: target)
    }

    /// Writes a vector of each point.
    @inline(__always)
    private func store(
        _ values: (PixelVector, PixelVector, PixelVector, PixelVector, PixelVector, PixelVector),
        to place: UnsafeMutablePointer<Float>
    ) {
        let step = transformedPoint
        storeVector(values.0, place)
        storeVector(values.1, place + step)
        storeVector(values.2, place + 2 &* step)
        storeVector(values.3, place + 3 &* step)
        storeVector(values.4, place + 4 &* step)
        storeVector(values.5, place + 5 &* step)
    }

    /// Sets a float to zero at every point.
    @inline(__always)
    private func setZero(_ place: UnsafeMutablePointer<Float>) {
        for point in 0..<WinogradTransform.points { place[point &* transformedPoint] = 0 }
    }

    /// Calls `body` with the first column of each vector of a row; the last vector ends with the row, or is incomplete in
    /// a row of fewer than eight pixels.
    @inline(__always)
    private func forEachVector(_ body: (Int) -> Void) {
        var column = 0
        while column < shape.width {
            body(max(0, min(column, shape.width &- 8)))
            column &+= 8
        }
    }

    /// Computes the sums of all tiles and blocks at all points that they need.
    func multiply(_ blocks: Range<Int>) {
        let isShort = shape.hasShortBlock && blocks.upperBound == shape.blocks
        let placesBefore = roundUp((blocks.count &- 1) &* shape.sumsStride, toMultipleOf: Winograd3x3.vector)
        for point in 0..<WinogradTransform.points {
            let input = UnsafePointer(transformed) + (point &* transformedPoint &+ Winograd3x3.lead &- 1)
            let weights = weights + (point &* shape.groupTiles &+ tiles.lowerBound) &* shape.packedTileCount
            let output = sums + point &* sumsPoint
            let end = isShort && !WinogradTransform.isNeededForTwo(point: point) ? placesBefore : places
            var place = 0
            if !shape.skipsGaps {
                typealias Wide = WideWinogradTile
                for _ in 0..<Wide.count(vectors: end / 8) {
                    for tile in 0..<tiles.count {
                        for lane in Swift.stride(from: 0, to: Winograd3x3.tileOutputs, by: Wide.outputs) {
                            products(Wide.self, input + place, weights + lane, output + (lane &* places &+ place), tile)
                        }
                    }
                    place &+= Wide.width
                }
            }
            var walk = RowWalk(offset: place, width: shape.skipsGaps ? shape.width : .max, gap: 1)
            while place &+ 16 <= end {
                let (first, second) = (walk.next(8), walk.next(8))
                for tile in 0..<tiles.count {
                    products(
                        WinogradTile<OutputTile4<Pixels16>>.self, input + first, weights, output + place, tile,
                        second: second &- first)
                }
                place &+= 16
            }
            if place < end {
                let first = walk.next(8)
                for tile in 0..<tiles.count {
                    products(WinogradTile<OutputTile4<Pixels8>>.self, input + first, weights, output + place, tile)
                }
            }
        }
    }

    /// Computes one tile's sums at one point, in vectors of places, each `second` floats after the one before it.
    @inline(__always)
    private func products<Sums: WinogradSums>(
        _: Sums.Type, _ input: UnsafePointer<Float>, _ packed: UnsafePointer<Float>,
        _ output: UnsafeMutablePointer<Float>, _ tile: Int, second: Int = 8
    ) {
        var sums = Sums()
        var pixels = input
        var weights = packed + tile &* shape.packedTileCount
        for _ in 0..<shape.inputs {
            prefetch(weights)
            sums.addProduct(pixels, second: second, weights)
            sums.addProduct(pixels + 1, second: second, weights + 4)
            sums.addProduct(pixels + 2, second: second, weights + 8)
            pixels += stride
            weights += 12
        }
        sums.store(to: output + tile &* Winograd3x3.tileOutputs &* places, stride: places)
    }

    /// Makes rows of the outputs of their sums.
    func finish(_ blocks: Range<Int>) {
        let biases = weights + WinogradTransform.points &* shape.groupTiles &* shape.packedTileCount
        let first = tiles.lowerBound &* Winograd3x3.tileOutputs
        for output in first..<min(tiles.upperBound &* Winograd3x3.tileOutputs, shape.outputs) {
            let plane = operands.output + (group &* shape.outputs &+ output) &* operands.outputPlaneStride
            let source = sums + (output &- first) &* places
            for block in blocks {
                finish(
                    source + (block &- blocks.lowerBound) &* shape.sumsStride, block,
                    bias: PixelVector(repeating: biases[output]), to: plane)
            }
        }
    }

    /// Makes up to four rows of one output.
    @inline(__always)
    private func finish(
        _ source: UnsafePointer<Float>, _ block: Int, bias: PixelVector, to plane: UnsafeMutablePointer<Float>
    ) {
        let (width, step) = (shape.width, sumsPoint)
        let first = block &* WinogradTransform.results &* width
        guard !shape.hasShortBlock || block &+ 1 < shape.blocks else {
            return forEachVector { x in
                let place = source + x
                let rows = WinogradTransform.outputOfTwo(
                    loadVector(place), loadVector(place + step), loadVector(place + 2 &* step),
                    loadVector(place + 5 &* step), bias: bias)
                store(finished(rows.0), plane, first &+ x)
                store(finished(rows.1), plane, first &+ x &+ width)
            }
        }
        // Only vectors of rows of fewer than eight pixels reach beyond their row.
        let reach = width < 8 ? 8 : 0
        if first &+ WinogradTransform.results &* width &+ reach <= width &* shape.height {
            forEachVector { x in
                let rows = results(source + x, bias: bias)
                let place = plane + (first &+ x)
                storeVector(finished(rows.0), place)
                storeVector(finished(rows.1), place + width)
                storeVector(finished(rows.2), place + 2 &* width)
                storeVector(finished(rows.3), place + 3 &* width)
            }
        } else {
            forEachVector { x in
                let rows = results(source + x, bias: bias)
                let pixel = first &+ x
                store(finished(rows.0), plane, pixel)
                store(finished(rows.1), plane, pixel &+ width)
                store(finished(rows.2), plane, pixel &+ 2 &* width)
                store(finished(rows.3), plane, pixel &+ 3 &* width)
            }
        }
    }

    /// One vector of each row of a block.
    @inline(__always)
    private func results(
        _ place: UnsafePointer<Float>, bias: PixelVector
    ) -> (PixelVector, PixelVector, PixelVector, PixelVector) {
        let step = sumsPoint
        return WinogradTransform.output(
            loadVector(place), loadVector(place + step), loadVector(place + 2 &* step), loadVector(place + 3 &* step),
            loadVector(place + 4 &* step), loadVector(place + 5 &* step), bias: bias)
    }

    @inline(__always)
    private func finished(_ sums: PixelVector) -> PixelVector { shape.rectifiesOutput ? relu(sums) : sums }

    /// Writes a vector of a row: nothing beyond the plane, but perhaps beyond the row, where the next is still to come.
    @inline(__always)
    private func store(_ vector: PixelVector, _ plane: UnsafeMutablePointer<Float>, _ pixel: Int) {
        let pixels = shape.width &* shape.height
        if pixel &+ 8 <= pixels {
            storeVector(vector, plane + pixel)
        } else if pixel < pixels {
            storeVector(vector, plane + pixel, count: pixels &- pixel)
        }
    }
}
