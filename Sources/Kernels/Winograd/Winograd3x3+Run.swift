import ModelFormat

extension Winograd3x3 {
    /// Computes the given tiles of up to four outputs each; tile `t` of group `g` is number `g * tiles / groups + t`.
    ///
    /// Calls for different tiles may run at the same time if each has its own scratch; each transforms the inputs of its
    /// groups. Allocates nothing.
    ///
    /// - Precondition: the buffers have the sizes that the operands' descriptions give, `scratch` has `scratchCount`
    ///   elements, and the range lies within `0..<tiles`.
    func run<Element: TiledElement>(
        _: Element.Type, _ operands: PlaneOperands<Element>, tiles range: Range<Int>,
        scratch: UnsafeMutablePointer<Element>
    ) {
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
private struct WinogradRun<Element: TiledElement> {
    private let shape: Winograd3x3
    private let operands: PlaneOperands<Element>
    private let group: Int
    /// The tiles to compute, counted within the group.
    private let tiles: Range<Int>
    private let weights: UnsafePointer<Element>
    /// `[6 points][inputs][stride]`, the points `transformedPoint` elements apart.
    private let transformed: UnsafeMutablePointer<Element>
    private let transformedPoint: Int
    private let stride: Int
    /// `[6 points][tiles][4][positions]`.
    private let sums: UnsafeMutablePointer<Element>
    private let positions: Int
    /// Elements from one block's sums to the next's.
    private let sumsStride: Int

    init(
        _ shape: Winograd3x3, _ operands: PlaneOperands<Element>, group: Int, tiles: Range<Int>,
        scratch: UnsafeMutablePointer<Element>
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
        positions = shape.positions
        sumsStride = shape.sumsStride
    }

    /// Floats from one point's sums to the next's.
    private var sumsPoint: Int { tiles.count &* Winograd3x3.tileOutputs &* positions }

    /// Transforms all inputs of some blocks.
    ///
    /// The last vector of a row ends with the zero behind the row; rows of whole vectors have theirs written apart. In a
    /// row of fewer than seven pixels it reaches into the rows that are written next. What vectors of the sums reach
    /// behind the last row's zero is read, and no result depends on it.
    func transform(_ blocks: Range<Int>) {
        let (width, rowStride) = (shape.width, shape.rowStride)
        let whole = width / 8
        let last = rowStride % 8 == 0 ? width & ~7 : max(0, width &- 7)
        let lanes = Int32(truncatingIfNeeded: width &- last)
        var source = operands.input + group &* shape.inputs &* operands.inputPlaneStride
        var target = transformed + Winograd3x3.lead
        setZero(target - 1)
        for _ in 0..<shape.inputs {
            for vector in 0..<whole {
                column(source + 8 &* vector, to: target + 8 &* vector, blocks) { loadVector($0) }
            }
            if width % 8 == 0 {
                for block in 0..<blocks.count { setZero(target + (block &* rowStride &+ width)) }
            } else {
                column(source + last, to: target + last, blocks) { Element.firstLanes(loadVector($0), count: lanes) }
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
        _ plane: UnsafePointer<Element>, to target: UnsafeMutablePointer<Element>, _ blocks: Range<Int>,
        load: (UnsafePointer<Element>) -> SIMD8<Element>
    ) {
        let (width, zero) = (shape.width, SIMD8<Element>(repeating: 0))
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
        _ values: (SIMD8<Element>, SIMD8<Element>, SIMD8<Element>, SIMD8<Element>, SIMD8<Element>, SIMD8<Element>),
        to position: UnsafeMutablePointer<Element>
    ) {
        let step = transformedPoint
        storeVector(values.0, position)
        storeVector(values.1, position + step)
        storeVector(values.2, position + 2 &* step)
        storeVector(values.3, position + 3 &* step)
        storeVector(values.4, position + 4 &* step)
        storeVector(values.5, position + 5 &* step)
    }

    /// Sets an element to zero at every point.
    @inline(__always)
    private func setZero(_ position: UnsafeMutablePointer<Element>) {
        for point in 0..<WinogradTransform.points { position[point &* transformedPoint] = 0 }
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
        let positionsBefore = roundUp((blocks.count &- 1) &* sumsStride, toMultipleOf: Winograd3x3.vector)
        for point in 0..<WinogradTransform.points {
            let input = UnsafePointer(transformed) + (point &* transformedPoint &+ Winograd3x3.lead &- 1)
            let weights = weights + (point &* shape.groupTiles &+ tiles.lowerBound) &* shape.packedTileCount
            let output = sums + point &* sumsPoint
            let end = isShort && !WinogradTransform.isNeededForTwo(point: point) ? positionsBefore : positions
            var position = 0
            if !shape.skipsGaps {
                typealias Wide = Element.WideWinogradTile
                for _ in 0..<Wide.count(vectors: end / 8) {
                    for tile in 0..<tiles.count {
                        for lane in Swift.stride(from: 0, to: Winograd3x3.tileOutputs, by: Wide.outputs) {
                            products(
                                Wide.self, input + position, weights + lane, output + (lane &* positions &+ position),
                                tile)
                        }
                    }
                    position &+= Wide.width
                }
            }
            var walk = RowWalk(offset: position, width: shape.skipsGaps ? shape.width : .max, gap: 1)
            while position &+ 16 <= end {
                let (first, second) = (walk.next(8), walk.next(8))
                for tile in 0..<tiles.count {
                    products(
                        WinogradTile<OutputTile4<Element.Pixels16>>.self, input + first, weights, output + position,
                        tile,
                        second: second &- first)
                }
                position &+= 16
            }
            if position < end {
                let first = walk.next(8)
                for tile in 0..<tiles.count {
                    products(
                        WinogradTile<OutputTile4<Pixels8<Element>>>.self, input + first, weights, output + position,
                        tile)
                }
            }
        }
    }

    /// Computes one tile's sums at one point, in vectors of positions, each `second` elements after the one before it.
    @inline(__always)
    private func products<Sums: WinogradSums<Element>>(
        _: Sums.Type, _ input: UnsafePointer<Element>, _ packed: UnsafePointer<Element>,
        _ output: UnsafeMutablePointer<Element>, _ tile: Int, second: Int = 8
    ) {
        var pixels = input
        var weights = packed + tile &* shape.packedTileCount
        let position = output + tile &* Winograd3x3.tileOutputs &* positions
        var sums = Sums()
        guard Element.sumTerms < .max else {
            add(shape.inputs, &pixels, second, &weights, to: &sums)
            return sums.store(to: position, stride: positions)
        }
        // A part's products are three for each input.
        var rest = shape.inputs &- min(shape.inputs, Element.sumTerms / 2)
        add(shape.inputs &- rest, &pixels, second, &weights, to: &sums)
        sums.store(to: position, stride: positions)
        while rest > 0 {
            var part = Sums()
            let count = min(rest, Element.sumTerms / 2)
            add(count, &pixels, second, &weights, to: &part)
            part.add(to: position, stride: positions)
            rest &-= count
        }
    }

    /// Adds the products of the next `inputs` inputs.
    @inline(__always)
    private func add<Sums: WinogradSums<Element>>(
        _ inputs: Int, _ pixels: inout UnsafePointer<Element>, _ second: Int, _ weights: inout UnsafePointer<Element>,
        to sums: inout Sums
    ) {
        for _ in 0..<inputs {
            prefetch(weights)
            sums.addProduct(pixels, second: second, weights)
            sums.addProduct(pixels + 1, second: second, weights + 4)
            sums.addProduct(pixels + 2, second: second, weights + 8)
            pixels += stride
            weights += 12
        }
    }

    /// Makes rows of the outputs of their sums.
    func finish(_ blocks: Range<Int>) {
        switch shape.activation {
        case .none: finish(Identity.self, blocks)
        case .relu: finish(ReLU.self, blocks)
        case .hardSwish: finish(HardSwish.self, blocks)
        }
    }

    @inline(__always)
    private func finish<Function: ActivationFunction>(_: Function.Type, _ blocks: Range<Int>) {
        let biases = weights + WinogradTransform.points &* shape.groupTiles &* shape.packedTileCount
        let first = tiles.lowerBound &* Winograd3x3.tileOutputs
        let blockPixels = WinogradTransform.results &* shape.width
        // Only vectors of rows of fewer than eight pixels reach beyond their row.
        let reach = shape.width < 8 ? 8 : 0
        let whole = (shape.width &* shape.height &- reach) / blockPixels
        let end = max(blocks.lowerBound, min(blocks.upperBound, whole))
        for output in first..<min(tiles.upperBound &* Winograd3x3.tileOutputs, shape.outputs) {
            let plane = operands.output + (group &* shape.outputs &+ output) &* operands.outputPlaneStride
            var source = UnsafePointer(sums) + (output &- first) &* positions
            let bias = SIMD8(repeating: biases[output])
            for block in blocks.lowerBound..<end {
                finish(Function.self, source, plane + block &* blockPixels, bias: bias)
                source += sumsStride
            }
            for block in end..<blocks.upperBound {
                finishLast(Function.self, source, block, bias: bias, to: plane)
                source += sumsStride
            }
        }
    }

    /// Makes four rows of one output; nothing is written beyond them.
    @inline(__always)
    private func finish<Function: ActivationFunction>(
        _: Function.Type, _ source: UnsafePointer<Element>, _ rows: UnsafeMutablePointer<Element>, bias: SIMD8<Element>
    ) {
        let width = shape.width
        forEachVector { x in
            let results = results(source + x, bias: bias)
            let row = rows + x
            storeVector(Function.apply(results.0), row)
            storeVector(Function.apply(results.1), row + width)
            storeVector(Function.apply(results.2), row + 2 &* width)
            storeVector(Function.apply(results.3), row + 3 &* width)
        }
    }

    /// Makes the rows of a block from which vectors would reach beyond the plane, or that is a short one.
    ///
    /// Not inlined: it calls, and what the loop beside it holds in registers would go to memory.
    @inline(never)
    private func finishLast<Function: ActivationFunction>(
        _: Function.Type, _ source: UnsafePointer<Element>, _ block: Int, bias: SIMD8<Element>,
        to plane: UnsafeMutablePointer<Element>
    ) {
        let (width, step) = (shape.width, sumsPoint)
        let first = block &* WinogradTransform.results &* width
        let isShort = shape.hasShortBlock && block &+ 1 == shape.blocks
        forEachVector { x in
            let (sums, pixel) = (source + x, first &+ x)
            if isShort {
                let rows = WinogradTransform.outputOfTwo(
                    loadVector(sums), loadVector(sums + step), loadVector(sums + 2 &* step),
                    loadVector(sums + 5 &* step), bias: bias)
                store(Function.apply(rows.0), plane, pixel)
                store(Function.apply(rows.1), plane, pixel &+ width)
            } else {
                let rows = results(sums, bias: bias)
                store(Function.apply(rows.0), plane, pixel)
                store(Function.apply(rows.1), plane, pixel &+ width)
                store(Function.apply(rows.2), plane, pixel &+ 2 &* width)
                store(Function.apply(rows.3), plane, pixel &+ 3 &* width)
            }
        }
    }

    /// One vector of each row of a block.
    @inline(__always)
    private func results(
        _ sums: UnsafePointer<Element>, bias: SIMD8<Element>
    ) -> (SIMD8<Element>, SIMD8<Element>, SIMD8<Element>, SIMD8<Element>) {
        let step = sumsPoint
        return WinogradTransform.output(
            loadVector(sums), loadVector(sums + step), loadVector(sums + 2 &* step), loadVector(sums + 3 &* step),
            loadVector(sums + 4 &* step), loadVector(sums + 5 &* step), bias: bias)
    }

    /// Writes a vector of a row: nothing beyond the plane, but perhaps beyond the row, where the next is still to come.
    @inline(__always)
    private func store(_ vector: SIMD8<Element>, _ plane: UnsafeMutablePointer<Element>, _ pixel: Int) {
        let pixels = shape.width &* shape.height
        if pixel &+ 8 <= pixels {
            storeVector(vector, plane + pixel)
        } else if pixel < pixels {
            storeVector(vector, plane + pixel, count: pixels &- pixel)
        }
    }
}
