import ModelFormat

/// Copies what lies under each tap of a convolution's kernel into panels, `[inputs][kernelHeight][kernelWidth][pixels]`.
struct PatchPanels<Element: TiledElement> {
    private let shape: Convolution2D
    private let operands: Convolution2DOperands<Element>
    private let firstInput: Int
    private let layout: PaddedBand
    private let band: UnsafeMutablePointer<Element>

    /// Panels of one group, whose inputs begin with channel `firstInput`; `band` has room for a block's rows.
    init(
        _ shape: Convolution2D, _ operands: Convolution2DOperands<Element>, firstInput: Int,
        band: UnsafeMutablePointer<Element>
    ) {
        self.shape = shape
        self.operands = operands
        self.firstInput = firstInput
        self.band = band
        layout = shape.band
    }

    /// The planes of a block of inputs, ready to be read.
    struct Source {
        /// Row 0 and column 0 of the padded image, in the block's first plane.
        let origin: UnsafePointer<Element>
        let planes: Int
        let planeStride: Int
        let rowStride: Int
    }

    /// Copies the rows under `pixels` with their padding, normalised and activated, unless they can be read in place.
    func prepare(inputs: Range<Int>, pixels: Range<Int>) -> Source {
        if shape.readsInPlace {
            return Source(
                origin: operands.inputPlane(firstInput &+ inputs.lowerBound), planes: inputs.count,
                planeStride: operands.inputPlaneStride, rowStride: shape.inputWidth)
        }
        let firstRow = pixels.lowerBound / shape.width &* shape.stride
        let lastRow = (pixels.upperBound &- 1) / shape.width &* shape.stride
        for input in inputs {
            let channel = firstInput &+ input
            layout.copy(
                to: band + (input &- inputs.lowerBound) &* layout.planeStride, from: operands.inputPlane(channel),
                firstRow: firstRow, count: lastRow &- firstRow &+ shape.kernelHeight
            ) { row in
                guard shape.transformsInputs else { return }
                activateRow(
                    row, count: shape.inputWidth, operands.normalization, channel: channel, shape.preActivation)
            }
        }
        return Source(
            origin: UnsafePointer(band) - firstRow &* layout.rowStride, planes: inputs.count,
            planeStride: layout.planeStride, rowStride: layout.rowStride)
    }

    /// Fills a panel with the windows of `pixels`, at most `P.width` of them. Lanes beyond them hold anything, and up to
    /// eight elements after the panel are overwritten.
    @inline(__always)
    func fill<P: PixelVectors<Element>>(
        _: P.Type, _ panel: UnsafeMutablePointer<Element>, _ source: Source, pixels: Range<Int>
    ) {
        let row = pixels.lowerBound / shape.width
        let column = pixels.lowerBound &- row &* shape.width
        if shape.readsInPlace {
            fill(panel, source, width: P.width) { plane, destination in
                if pixels.count == P.width {
                    P(loading: plane + pixels.lowerBound).store(to: destination)
                } else {
                    P(loading: plane + pixels.lowerBound, count: pixels.count).store(to: destination)
                }
            }
        } else if column &+ P.width <= shape.width && shape.stride <= 2 {
            let start = row &* shape.stride &* source.rowStride &+ column &* shape.stride
            let stride = shape.stride
            fill(panel, source, width: P.width) { window, destination in
                for offset in Swift.stride(from: 0, to: P.width, by: 8) {
                    storeVector(
                        loadStrided(window + (start &+ offset &* stride), stride: stride), destination + offset)
                }
            }
        } else {
            fill(panel, source, width: P.width) { window, destination in
                copyRows(window, destination, source.rowStride, row, column, pixels.count)
            }
        }
    }

    /// Calls `copy` for each input and tap of the kernel, with the window of the padded image's first pixel and the
    /// panel's row of `width` pixels.
    @inline(__always)
    private func fill(
        _ panel: UnsafeMutablePointer<Element>, _ source: Source, width: Int,
        _ copy: (UnsafePointer<Element>, UnsafeMutablePointer<Element>) -> Void
    ) {
        var destination = panel
        var plane = source.origin
        for _ in 0..<source.planes {
            var line = plane
            for _ in 0..<shape.kernelHeight {
                for dx in 0..<shape.kernelWidth {
                    copy(line + dx, destination)
                    destination += width
                }
                line += source.rowStride
            }
            plane += source.planeStride
        }
    }

    /// Copies the pixels row by row; what is written beyond a row belongs to the next, or to the panel's next row.
    @inline(__always)
    private func copyRows(
        _ window: UnsafePointer<Element>, _ destination: UnsafeMutablePointer<Element>, _ rowStride: Int,
        _ firstRow: Int,
        _ firstColumn: Int, _ count: Int
    ) {
        let stride = shape.stride
        var (row, column, done) = (firstRow, firstColumn, 0)
        while done < count {
            let length = min(count &- done, shape.width &- column)
            let source = window + (row &* rowStride &+ column) &* stride
            if stride <= 2 {
                for offset in Swift.stride(from: 0, to: length, by: 8) {
                    storeVector(loadStrided(source + offset &* stride, stride: stride), destination + (done &+ offset))
                }
            } else {
                for offset in 0..<length { destination[done &+ offset] = source[offset &* stride] }
            }
            done &+= length
            row &+= 1
            column = 0
        }
    }
}
