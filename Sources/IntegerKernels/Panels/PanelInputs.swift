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
    /// Whether any byte may lie outside its bounds.
    private let isBounded: Bool

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
        isBounded = zip(lower, upper).contains { $0 > -128 || $1 < 127 }
        self.perGroup = perGroup
        self.shape = shape
    }

    /// Bytes of what is known of all elements.
    var byteCount: Int { planes.byteCount + lower.byteCount + upper.byteCount + pads.byteCount }

    /// Bytes of a thread's memory besides the panel: rows of elements, where windows move by more than one pixel.
    var rowBytes: Int { shape.isStrided ? Int(CONDENSENET_BYTES_CHANNELS) * rowBytesOfElement : 0 }

    private var rowBytesOfElement: Int { (shape.outputWidth + 15 + 63) / 64 * 64 }

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
        let (lower, upper) = (lower.pointer + first, upper.pointer + first)
        let planes = planes.pointer + first
        let step = StepRows(lower, upper) { UnsafePointer(source[Int(planes[$0])]) }
        if shape.isFlat {
            step.interleave(
                from: rows.lowerBound * shape.width, width: shape.positions(rows), bounded: isBounded, into: panel)
            return
        }
        let pad = PanelPad(pads.pointer + first)
        let (padding, rowBytes) = (shape.padding, shape.rowStride * Int(CONDENSENET_BYTES_PIXEL))
        let top = rows.lowerBound - padding
        let bottom = top + shape.panelRows(rows.count)
        let begin = min(max(top, 0), bottom)
        let inside = begin..<max(begin, min(bottom, shape.height))
        let target = panel + (inside.lowerBound - top) * rowBytes
        step.interleave(
            from: inside.lowerBound * shape.width, width: shape.width, rows: inside.count, sourceStride: shape.width,
            stride: shape.rowStride, padding: padding, pad: pad.bits, bounded: isBounded, into: target)
        guard padding > 0 else { return }
        pad.fill(panel, (inside.lowerBound - top) * shape.rowStride)
        pad.fill(target + inside.count * rowBytes, (bottom - inside.upperBound) * shape.rowStride + padding)
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
            let line = StepRows(lower.pointer, upper.pointer) { UnsafePointer(elementRows + $0 * rowBytesOfElement) }
            let target = panel + (row - rows.lowerBound) * shape.rowStride * Int(CONDENSENET_BYTES_PIXEL)
            line.interleave(from: 0, width: shape.outputWidth, bounded: false, into: target)
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
        let pad = pads.elements[element]
        for x in 0..<begin { line[x] = pad }
        let source = row + column
        if stride == 2 {
            // Bytes beyond the row, where others lie, go beyond the line's end.
            condensenet_bytes_every_second(line + begin, source + 2 * begin, end - begin, lower, upper)
        } else {
            for x in begin..<end { line[x] = min(max(source[x * stride], lower), upper) }
        }
        for x in end..<count { line[x] = pad }
    }
}
