/// Copies what lies under each place of a convolution's kernel into panels, `[inputs][kernelHeight][kernelWidth][pixels]`.
struct PatchPanels {
    private let shape: Convolution2D
    private let input: UnsafePointer<Float>
    private let inputPlaneStride: Int
    private let layout: PaddedBand
    private let band: UnsafeMutablePointer<Float>

    /// Panels of one group, whose inputs begin at `input`; `band` has room for a block's rows.
    init(
        _ shape: Convolution2D, input: UnsafePointer<Float>, inputPlaneStride: Int,
        band: UnsafeMutablePointer<Float>
    ) {
        self.shape = shape
        self.input = input
        self.inputPlaneStride = inputPlaneStride
        self.band = band
        layout = shape.band
    }

    /// The planes of a block of inputs, ready to be read.
    struct Source {
        /// Row 0 and column 0 of the padded image, in the block's first plane.
        let origin: UnsafePointer<Float>
        let planes: Int
        let planeStride: Int
        let rowStride: Int
    }

    /// Copies the rows under `pixels` with their padding, where there is any.
    func prepare(inputs: Range<Int>, pixels: Range<Int>) -> Source {
        let first = input + inputs.lowerBound &* inputPlaneStride
        if shape.isPointwise {
            return Source(
                origin: first, planes: inputs.count, planeStride: inputPlaneStride, rowStride: shape.inputWidth)
        }
        let firstRow = pixels.lowerBound / shape.width &* shape.stride
        let lastRow = (pixels.upperBound &- 1) / shape.width &* shape.stride
        layout.copy(
            to: band, from: first, sourcePlaneStride: inputPlaneStride, planes: inputs.count, firstRow: firstRow,
            count: lastRow &- firstRow &+ shape.kernelHeight)
        return Source(
            origin: UnsafePointer(band) - firstRow &* layout.rowStride, planes: inputs.count,
            planeStride: layout.planeStride, rowStride: layout.rowStride)
    }

    /// Fills a panel with the windows of `pixels`, at most `P.width` of them. Lanes beyond them hold anything, and up to
    /// eight floats after the panel are overwritten.
    @inline(__always)
    func fill<P: PixelVectors>(
        _: P.Type, _ panel: UnsafeMutablePointer<Float>, _ source: Source, pixels: Range<Int>
    ) {
        let row = pixels.lowerBound / shape.width
        let column = pixels.lowerBound &- row &* shape.width
        if shape.isPointwise {
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
                for place in Swift.stride(from: 0, to: P.width, by: 8) {
                    storeVector(
                        loadStrided(window + (start &+ place &* stride), stride: stride), destination + place)
                }
            }
        } else {
            fill(panel, source, width: P.width) { window, destination in
                copyRows(window, destination, source.rowStride, row, column, pixels.count)
            }
        }
    }

    /// Calls `copy` for each input and place of the kernel, with the window of the padded image's first pixel and the
    /// panel's row of `width` pixels.
    @inline(__always)
    private func fill(
        _ panel: UnsafeMutablePointer<Float>, _ source: Source, width: Int,
        _ copy: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
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
        _ window: UnsafePointer<Float>, _ destination: UnsafeMutablePointer<Float>, _ rowStride: Int, _ firstRow: Int,
        _ firstColumn: Int, _ count: Int
    ) {
        let stride = shape.stride
        var (row, column, done) = (firstRow, firstColumn, 0)
        while done < count {
            let length = min(count &- done, shape.width &- column)
            let source = window + (row &* rowStride &+ column) &* stride
            if stride <= 2 {
                for place in Swift.stride(from: 0, to: length, by: 8) {
                    storeVector(loadStrided(source + place &* stride, stride: stride), destination + (done &+ place))
                }
            } else {
                for place in 0..<length { destination[done &+ place] = source[place &* stride] }
            }
            done &+= length
            row &+= 1
            column = 0
        }
    }
}
