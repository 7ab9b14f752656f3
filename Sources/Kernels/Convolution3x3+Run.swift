extension Convolution3x3 {
    /// Computes the given rows of the given groups' outputs.
    ///
    /// Calls for different groups or rows may run at the same time. Allocates nothing and needs no scratch.
    ///
    /// - Precondition: the buffers have the sizes that the operands' descriptions give, the ranges lie within the
    ///   convolution, and the input holds the rows together with those above and below them, zero outside the image.
    public func run(_ operands: Convolution3x3Operands, groups groupRange: Range<Int>, rows: Range<Int>) {
        precondition(groupRange.lowerBound >= 0 && groupRange.upperBound <= groups)
        precondition(rows.lowerBound >= 0 && rows.upperBound <= height && width > 0)
        precondition(operands.inputLayout.width == width)
        precondition(
            rows.lowerBound >= operands.firstRow && rows.upperBound <= operands.firstRow + operands.inputLayout.rows)
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
private struct DirectRun {
    let shape: Convolution3x3
    let input: UnsafePointer<Float>
    let planeStride: Int
    let rowStride: Int
    let weights: UnsafePointer<Float>
    let output: UnsafeMutablePointer<Float>
    let outputPlaneStride: Int
    let rows: Range<Int>
    let columns: PixelTiling

    @inline(__always)
    init(_ shape: Convolution3x3, _ operands: Convolution3x3Operands, group: Int, rows: Range<Int>) {
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
        columns = PixelTiling(pixels: shape.width)
    }

    /// Four outputs at a time, in tiles of 16 or 24 columns and one row, or 8 columns and two rows.
    @inline(__always)
    func fours(_ tiles: Range<Int>) {
        eachRow(step: 1) { row in
            eachColumn(
                { tile(DirectTile1<OutputTile4<Pixels24>>.self, tiles, row, $0) },
                { tile(DirectTile1<OutputTile4<Pixels16>>.self, tiles, row, $0) },
                { _ in })
        }
        guard columns.tiles8 > 0 else { return }
        let paired = eachRow(step: 2) { row in
            eachColumn8 { tile(DirectTile2<OutputTile4<Pixels8>>.self, tiles, row, $0) }
        }
        if !paired { eachColumn8 { tile(DirectTile1<OutputTile4<Pixels8>>.self, tiles, 0, $0) } }
    }

    /// Two outputs, the first of them `first`, in tiles of two rows.
    @inline(__always)
    func two(first: Int) {
        let tiles = first / 2..<first / 2 &+ 1
        let paired = eachRow(step: 2) { row in
            eachColumn(
                { tile(DirectTile2<OutputTile2<Pixels24>>.self, tiles, row, $0) },
                { tile(DirectTile2<OutputTile2<Pixels16>>.self, tiles, row, $0) },
                { tile(DirectTile2<OutputTile2<Pixels8>>.self, tiles, row, $0) })
        }
        guard !paired else { return }
        eachColumn(
            { tile(DirectTile1<OutputTile2<Pixels24>>.self, tiles, 0, $0) },
            { tile(DirectTile1<OutputTile2<Pixels16>>.self, tiles, 0, $0) },
            { tile(DirectTile1<OutputTile2<Pixels8>>.self, tiles, 0, $0) })
    }

    /// One output, in tiles of four rows.
    @inline(__always)
    func one(first: Int) {
        let tiles = first..<first &+ 1
        let fourRows = eachRow(step: 4) { row in
            eachColumn(
                { tile(DirectTile4<OutputTile1<Pixels24>>.self, tiles, row, $0) },
                { tile(DirectTile4<OutputTile1<Pixels16>>.self, tiles, row, $0) },
                { tile(DirectTile4<OutputTile1<Pixels8>>.self, tiles, row, $0) })
        }
        guard !fourRows else { return }
        eachRow(step: 1) { row in
            eachColumn(
                { tile(DirectTile1<OutputTile1<Pixels24>>.self, tiles, row, $0) },
                { tile(DirectTile1<OutputTile1<Pixels16>>.self, tiles, row, $0) },
                { tile(DirectTile1<OutputTile1<Pixels8>>.self, tiles, row, $0) })
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

    /// Calls a body with the first column of each tile of its width.
    @inline(__always)
    func eachColumn(_ body24: (Int) -> Void, _ body16: (Int) -> Void, _ body8: (Int) -> Void) {
        var column = 0
        if PixelTiling.uses24 {
            for _ in 0..<columns.tiles24 {
                body24(min(column, shape.width &- 24))
                column &+= 24
            }
        }
        for _ in 0..<columns.tiles16 {
            body16(min(column, shape.width &- 16))
            column &+= 16
        }
        eachColumn8(body8)
    }

    /// Calls `body` with the first column of each tile of 8.
    @inline(__always)
    func eachColumn8(_ body: (Int) -> Void) {
        let first = columns.tiles24 &* 24 &+ columns.tiles16 &* 16
        for index in 0..<columns.tiles8 {
            body(PixelTiling.start(Pixels8.self, first &+ index &* 8, in: shape.width))
        }
    }

    /// Computes tiles `tiles` of `Tile.Row.outputs` channels each, at a row of the range and a column.
    @inline(__always)
    func tile<Tile: DirectTile>(_: Tile.Type, _ tiles: Range<Int>, _ row: Int, _ column: Int) {
        let packedCount = (1 &+ 9 &* shape.inputs) &* Tile.Row.outputs
        let pixels = input + row &* rowStride + column
        let rectify = shape.rectifiesOutput
        let count = min(Tile.Row.Pixels.width, shape.width &- column)
        for index in tiles {
            var channel = pixels
            var weights = weights + index &* packedCount
            var sums = Tile(bias: weights)
            weights += Tile.Row.outputs
            for _ in 0..<shape.inputs {
                sums.addChannel(channel, rowStride, weights)
                channel += planeStride
                weights += 9 &* Tile.Row.outputs
            }
            let output = output + index &* Tile.Row.outputs &* outputPlaneStride + row &* shape.width + column
            sums.forEachSum { bundle, plane, line in
                let destination = output + plane &* outputPlaneStride + line &* shape.width
                let result = bundle.rectified(if: rectify)
                if count == Tile.Row.Pixels.width {
                    result.store(to: destination)
                } else {
                    result.forEachVector { vector, _ in storeVector(vector, destination, count: count) }
                }
            }
        }
    }
}
