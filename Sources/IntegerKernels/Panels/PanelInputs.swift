import CBytes
import Engine
import Foundations
import ModelFormat

/// What the steps of a convolution's panels are made of: planes, bounds and padding, up to whole steps for each group.
struct PanelInputs: Sendable {
    private let shape: PanelShape
    /// Elements of a group, up to whole steps.
    private let perGroup: Int
    /// For each element of each group its plane, its bounds, and what surrounds the plane.
    private let planes: StoredArray<Int32>
    private let lower: StoredArray<Int8>
    private let upper: StoredArray<Int8>
    private let pads: StoredArray<Int8>

    /// - Parameter pad: what surrounds each channel; `nil` for none.
    /// - Throws: `MemoryError`.
    init(_ shape: PanelShape, groups: Int, stage: InputStage, pad: StoredArray<Int8>?) throws {
        let perGroup = shape.steps * Int(CONDENSENET_BYTES_CHANNELS)
        let channels = stage.planes.count / groups
        func each<Element>(_ value: (Int) -> Element) throws -> StoredArray<Element> {
            try StoredArray(count: groups * perGroup) { elements in
                for position in elements.indices {
                    // What is missing in a group's last step is multiplied by zero, whatever it is.
                    let element = min(position % perGroup, shape.elements - 1)
                    let channel = shape.isStrided ? element / (shape.kernel * shape.kernel) : element
                    elements[position] = value(position / perGroup * channels + channel)
                }
            }
        }
        planes = try each { stage.planes.elements[$0] }
        lower = try each { stage.bounds($0).lower }
        upper = try each { stage.bounds($0).upper }
        pads = try each { pad?.elements[$0] ?? 0 }
        self.perGroup = perGroup
        self.shape = shape
    }

    /// Bytes of a thread's memory besides the panel: rows of elements, where windows move by more than one pixel.
    var rowBytes: Int { shape.isStrided ? Int(CONDENSENET_BYTES_CHANNELS) * rowBytesOfElement : 0 }

    private var rowBytesOfElement: Int { (shape.outputWidth + 63) / 64 * 64 }

    /// Makes the panel of a group for a band of output rows.
    ///
    /// - Parameter elementRows: `rowBytes` bytes.
    func prepare(
        _ panel: UnsafeMutablePointer<UInt8>, group: Int, rows: Range<Int>, source: Planes<Int8>,
        elementRows: UnsafeMutablePointer<Int8>
    ) {
        let stepBytes = shape.stepBytes(rows.count)
        for step in 0..<shape.steps {
            let first = group * perGroup + step * Int(CONDENSENET_BYTES_CHANNELS)
            if shape.isStrided {
                strided(panel + step * stepBytes, step, first, rows, source, elementRows)
            } else {
                shifted(panel + step * stepBytes, first, rows, source)
            }
        }
    }

    /// Channels' rows as they are, padding between them.
    private func shifted(_ panel: UnsafeMutablePointer<UInt8>, _ first: Int, _ rows: Range<Int>, _ source: Planes<Int8>)
    {
        let (pixel, width, padding) = (Int(CONDENSENET_BYTES_PIXEL), shape.width, shape.padding)
        let (lower, upper) = (lower.pointer + first, upper.pointer + first)
        let pad = PanelPad(pads.pointer + first)
        let planes = StepRows { UnsafePointer(source[Int(self.planes.elements[first + $0])]) }
        var target = panel
        for row in 0..<shape.panelRows(rows.count) {
            let y = rows.lowerBound + row - padding
            if y < 0 || y >= shape.height {
                pad.fill(target, shape.rowStride)
            } else {
                pad.fill(target, padding)
                planes.interleave(from: y * width, count: width, into: target + padding * pixel, lower, upper)
            }
            target += shape.rowStride * pixel
        }
        pad.fill(target, padding)
    }

    /// A row for every element of a filter.
    private func strided(
        _ panel: UnsafeMutablePointer<UInt8>, _ step: Int, _ first: Int, _ rows: Range<Int>, _ source: Planes<Int8>,
        _ elementRows: UnsafeMutablePointer<Int8>
    ) {
        let area = shape.kernel * shape.kernel
        let channels = Int(CONDENSENET_BYTES_CHANNELS)
        for row in rows {
            for index in 0..<channels {
                let element = min(step * channels + index, shape.elements - 1)
                let tap = element % area
                let y = row * shape.stride + tap / shape.kernel - shape.padding
                let line = elementRows + index * rowBytesOfElement
                guard y >= 0 && y < shape.height else {
                    line.update(repeating: pads.elements[first + index], count: shape.outputWidth)
                    continue
                }
                let plane = source[Int(planes.elements[first + index])] + y * shape.width
                gather(plane, column: tap % shape.kernel - shape.padding, first + index, into: line)
            }
            let line = StepRows { UnsafePointer(elementRows + $0 * rowBytesOfElement) }
            let target = panel + (row - rows.lowerBound) * shape.rowStride * Int(CONDENSENET_BYTES_PIXEL)
            withUnsafeBytes(of: SIMD8<Int8>(-128, -128, -128, -128, 127, 127, 127, 127)) { bounds in
                let bounds = bounds.baseAddress!.assumingMemoryBound(to: Int8.self)
                line.interleave(from: 0, count: shape.outputWidth, into: target, bounds, bounds + 4)
            }
        }
    }

    /// Every `stride`-th byte of a row from `column` on, held between an element's bounds.
    private func gather(
        _ row: UnsafePointer<Int8>, column: Int, _ element: Int, into line: UnsafeMutablePointer<Int8>
    ) {
        let (stride, width, count) = (shape.stride, shape.width, shape.outputWidth)
        let (lower, upper) = (lower.elements[element], upper.elements[element])
        let begin = min(max((stride - 1 - column) / stride, 0), count)
        let end = width > column ? max(min((width - 1 - column) / stride + 1, count), begin) : begin
        for x in 0..<begin { line[x] = pads.elements[element] }
        var x = begin
        while x + 16 <= end {
            let bytes = StridedBytes.load(row + x * stride + column, stride: stride)
            let bounded = bytes.clamped(lowerBound: SIMD16(repeating: lower), upperBound: SIMD16(repeating: upper))
            UnsafeMutableRawPointer(line + x).storeBytes(of: bounded, as: SIMD16<Int8>.self)
            x += 16
        }
        while x < end {
            line[x] = min(max(row[x * stride + column], lower), upper)
            x += 1
        }
        while x < count {
            line[x] = pads.elements[element]
            x += 1
        }
    }
}
