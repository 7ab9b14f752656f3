import ModelFormat

extension Convolution3x3 {
    /// Computes the given rows of the given groups' outputs.
    ///
    /// Calls for different groups or rows may run at the same time. Allocates nothing and needs no scratch.
    ///
    /// - Precondition: the buffers have the sizes that the operands' descriptions give, the ranges lie within the
    ///   convolution, and the input holds the rows together with those above and below them, zero outside the image.
    func run<Element: TiledElement>(
        _: Element.Type, _ operands: Convolution3x3Operands<Element>, groups groupRange: Range<Int>, rows: Range<Int>
    ) {
        precondition(groupRange.lowerBound >= 0 && groupRange.upperBound <= groups)
        precondition(rows.lowerBound >= 0 && rows.upperBound <= height && width > 0)
        precondition(operands.inputLayout.width == width)
        precondition(
            rows.lowerBound >= operands.firstRow && rows.upperBound <= operands.firstRow + operands.inputLayout.rows)
        guard !rows.isEmpty else { return }
        for group in groupRange {
            let run = DirectRun(self, operands, group: group, rows: rows)
            let (fours, remainder) = outputs.quotientAndRemainder(dividingBy: 4)
            if fours > 0 { run.fours(0..<fours) }
            if remainder >= 2 { run.two(first: fours &* 4) }
            if remainder % 2 == 1 { run.one(first: outputs &- 1) }
        }
    }
}

/// One group's share of a call.
private struct DirectRun<Element: TiledElement> {
    typealias Pixels16 = Element.Pixels16
    typealias WidePixels = Element.WidePixels
    typealias PanelPixels = Element.PanelPixels

    let shape: Convolution3x3
    let input: UnsafePointer<Element>
    let planeStride: Int
    let rowStride: Int
    let weights: UnsafePointer<Element>
    let output: UnsafeMutablePointer<Element>
    let outputPlaneStride: Int
    let rows: Range<Int>

    @inline(__always)
    init(_ shape: Convolution3x3, _ operands: Convolution3x3Operands<Element>, group: Int, rows: Range<Int>) {
        self.shape = shape
        self.rows = rows
        planeStride = operands.inputLayout.planeStride
        rowStride = operands.inputLayout.rowStride
        let firstRow = rows.lowerBound &- operands.firstRow
        input =
            operands.input + operands.inputLayout.origin + group &* shape.inputs &* planeStride
            + firstRow &* rowStride
        weights = operands.weights + group &* shape.packedGroupCount
        outputPlaneStride = operands.outputPlaneStride
        output = operands.output + group &* shape.outputs &* outputPlaneStride + rows.lowerBound &* shape.width
    }

    /// Four outputs at a time, in tiles of 16 columns and one row, or 8 columns and two rows.
    @inline(__always)
    func fours(_ tiles: Range<Int>) {
        let columns = PixelTiling(pixels: shape.width)
        eachRow(step: 1) { row in
            medium(DirectTile1<OutputTile4<Pixels16>>.self, tiles, row, columns)
        }
        let paired = eachRow(step: 2) { row in
            narrow(DirectTile2<OutputTile4<Pixels8<Element>>>.self, tiles, row, columns)
        }
        if !paired { narrow(DirectTile1<OutputTile4<Pixels8<Element>>>.self, tiles, 0, columns) }
    }

    /// Two outputs, the first of them `first`, in tiles of two rows, or of 8 columns and four rows.
    @inline(__always)
    func two(first: Int) {
        let tiles = first / 2..<first / 2 &+ 1
        let columns = PixelTiling(pixels: shape.width, wideWidth: PanelPixels.width)
        let paired = eachRow(step: 2) { row in
            wide(DirectTile2<OutputTile2<PanelPixels>>.self, tiles, row, columns)
            medium(DirectTile2<OutputTile2<Pixels16>>.self, tiles, row, columns)
        }
        if !paired {
            wide(DirectTile1<OutputTile2<PanelPixels>>.self, tiles, 0, columns)
            medium(DirectTile1<OutputTile2<Pixels16>>.self, tiles, 0, columns)
        }
        let fourRows = eachRow(step: 4) { row in
            narrow(DirectTile4<OutputTile2<Pixels8<Element>>>.self, tiles, row, columns)
        }
        guard !fourRows else { return }
        eachRow(step: 1) { row in
            narrow(DirectTile1<OutputTile2<Pixels8<Element>>>.self, tiles, row, columns)
        }
    }

    /// One output, in tiles of four rows.
    @inline(__always)
    func one(first: Int) {
        let tiles = first..<first &+ 1
        let columns = PixelTiling(pixels: shape.width, wideWidth: WidePixels.width)
        let fourRows = eachRow(step: 4) { row in
            wide(DirectTile4<OutputTile1<WidePixels>>.self, tiles, row, columns)
            medium(DirectTile4<OutputTile1<Pixels16>>.self, tiles, row, columns)
            narrow(DirectTile4<OutputTile1<Pixels8<Element>>>.self, tiles, row, columns)
        }
        guard !fourRows else { return }
        eachRow(step: 1) { row in
            wide(DirectTile1<OutputTile1<WidePixels>>.self, tiles, row, columns)
            medium(DirectTile1<OutputTile1<Pixels16>>.self, tiles, row, columns)
            narrow(DirectTile1<OutputTile1<Pixels8<Element>>>.self, tiles, row, columns)
        }
    }

    /// Calls `body` with every `step`-th row, the last time so that the rows end with the range; rows that are computed
    /// twice have the same result. False, and nothing called, if the range has fewer than `step` rows.
    @discardableResult
    @inline(__always)
    func eachRow(step: Int, _ body: (Int) -> Void) -> Bool {
        let count = rows.count
        guard count >= step else { return false }
        var row = 0
        while row < count {
            body(min(row, count &- step))
            row &+= step
        }
        return true
    }

    /// The wide tiles of a row.
    @inline(__always)
    func wide<Tile: DirectTile>(_: Tile.Type, _ tiles: Range<Int>, _ row: Int, _ columns: PixelTiling)
    where Tile.Element == Element {
        for index in 0..<columns.tilesWide { tile(Tile.self, tiles, row, index &* Tile.Row.Pixels.width) }
    }

    /// The tiles of 16 columns of a row.
    @inline(__always)
    func medium<Tile: DirectTile>(_: Tile.Type, _ tiles: Range<Int>, _ row: Int, _ columns: PixelTiling)
    where Tile.Element == Element {
        let first = columns.widePixels
        for index in 0..<columns.tiles16 { tile(Tile.self, tiles, row, first &+ index &* 16) }
    }

    /// The tiles of 8 columns of a row.
    @inline(__always)
    func narrow<Tile: DirectTile>(_: Tile.Type, _ tiles: Range<Int>, _ row: Int, _ columns: PixelTiling)
    where Tile.Element == Element {
        let first = columns.widePixels &+ columns.tiles16 &* 16
        for index in 0..<columns.tiles8 { tile(Tile.self, tiles, row, first &+ index &* 8) }
    }

    /// Computes tiles `tiles` of `Tile.Row.outputs` channels each, at a row of the range, and at a column or so far to
    /// its left that the tile ends within the row.
    @inline(__always)
    func tile<Tile: DirectTile>(_: Tile.Type, _ tiles: Range<Int>, _ row: Int, _ column: Int)
    where Tile.Element == Element {
        let column = PixelTiling.start(Tile.Row.Pixels.self, column, in: shape.width)
        let packedCount = (1 &+ 9 &* shape.inputs) &* Tile.Row.outputs
        let pixels = input + row &* rowStride + column
        for index in tiles {
            var weights = weights + index &* packedCount
            var sums = Tile(bias: weights)
            weights += Tile.Row.outputs
            // One column at a time for all inputs: a loop over nine taps would need more addresses than registers.
            for column in -1...1 {
                var channel = pixels + column
                for _ in 0..<shape.inputs {
                    sums.addColumn(channel, rowStride, weights)
                    channel += planeStride
                    weights += 3 &* Tile.Row.outputs
                }
            }
            sums.store(
                shape.activation,
                to: DirectDestination(
                    first: output + index &* Tile.Row.outputs &* outputPlaneStride + row &* shape.width + column,
                    planeStride: outputPlaneStride, rowStride: shape.width, columns: shape.width &- column))
        }
    }
}

/// The place of a tile's sums in the output.
private struct DirectDestination<Element: KernelElement>: SumDestination {
    let first: UnsafeMutablePointer<Element>
    let planeStride: Int
    let rowStride: Int
    /// Columns from the tile's first to the end of the row; fewer than the tile's only where it is a tile of 8.
    let columns: Int

    @inline(__always)
    func store<Pixels: PixelVectors<Element>>(_ sums: Pixels, output: Int, row: Int) {
        ContiguousPixels(first: 0, count: columns)
            .store(sums, in: first + output &* planeStride + row &* rowStride)
    }
}
