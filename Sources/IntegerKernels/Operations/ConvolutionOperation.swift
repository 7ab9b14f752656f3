import CBytes
import Engine
import Foundations
import ModelFormat

/// A convolution as products of panels, a group of outputs and a band of rows after the other.
final class ConvolutionOperation: PlannedOperation {
    /// Bytes of a panel that leave room in the smallest first-level cache, 32 KiB, for weights and results.
    private static let panelBytes = 20 << 10
    /// Shares of an operation that several threads divide, where outputs allow it.
    private static let leastShares = 8
    /// Outputs of a group that are worth a panel of their own.
    private static let leastOutputs = 16

    let kernel: String
    private let shape: PanelShape
    private let groups: Int
    private let inputs: PanelInputs
    private let weights: PackedWeights
    /// Where each output of a band of all rows, and of the last, finds what it multiplies.
    private let offsets: (all: StoredArray<Int32>, last: StoredArray<Int32>)
    private let bandRows: Int
    private let isShuffled: Bool
    private let places: StepPlaces

    /// - Precondition: the step writes bytes.
    /// - Throws: what `tensors` throws, `MemoryError`, `ModelFormatError.limit` for panels beyond `FormatLimits.scratchBytes`.
    init(_ step: Step, _ convolution: Convolution, _ places: StepPlaces, _ tensors: any TensorSource) throws {
        let stage = try InputStage(step, convolution.preActivation, tensors)
        groups = convolution.groups
        let shape = PanelShape(
            convolution, channels: stage.planes.count / groups, input: places.input.shape, output: places.output.shape)
        self.shape = shape
        bandRows = shape.rows(fitting: Self.panelBytes)
        // Even one row of outputs with large windows far apart may take more than a thread has.
        guard shape.byteCount(bandRows) <= FormatLimits.scratchBytes else {
            throw ModelFormatError.limit(
                what: "bytes of scratch memory for \(step.name)", found: shape.byteCount(bandRows),
                limit: FormatLimits.scratchBytes)
        }
        let pad = convolution.padding > 0 ? try tensors.bytes("\(step.name).pad") : nil
        inputs = try PanelInputs(shape, groups: groups, stage: stage, pad: pad)
        weights = try PackedWeights(
            try tensors.bytes("\(step.name).weight"), shape, groups: groups, outputs: convolution.outputChannels,
            scaling: OutputScaling(step, tensors))
        func stored(_ rows: Int) throws -> StoredArray<Int32> {
            let offsets = shape.offsets(rows)
            return try StoredArray(count: offsets.count) { _ = $0.initialize(from: offsets) }
        }
        offsets = (try stored(bandRows), try stored((shape.outputHeight - 1) % bandRows + 1))
        isShuffled = convolution.shuffle
        kernel = shape.isFlat ? "Pointwise" : shape.isStrided ? "StridedConvolution" : "Convolution"
        self.places = places
    }

    private var bands: Int { (shape.outputHeight + bandRows - 1) / bandRows }
    private var lineBytes: Int { (shape.positions(0..<bandRows) + 127) / 64 * 64 }
    private var panelBytes: Int { shape.byteCount(bandRows) }

    var packedBytes: Int { weights.byteCount }
    var scratchBytes: Int { panelBytes + inputs.rowBytes + weights.tileOutputs * lineBytes }

    /// How many times each group's outputs are divided where several threads work.
    private var divisions: Int {
        let shares = groups * bands
        return max(1, min((Self.leastShares + shares - 1) / shares, weights.perGroup / Self.leastOutputs))
    }

    func parts(threads: Int) -> Int {
        threads == 1 ? 1 : Share.parts(of: groups * bands * divisions, threads: threads)
    }

    func run(_ share: Share) {
        let divisions = share.parts == 1 ? 1 : divisions
        let scratch = share.scratch(of: UInt8.self)
        for unit in share.of(groups * bands * divisions) {
            let (group, band, division) = (
                unit / (bands * divisions), unit / divisions % bands, unit % divisions
            )
            let rows = band * bandRows..<min((band + 1) * bandRows, shape.outputHeight)
            inputs.prepare(
                scratch, group: group, rows: rows, source: places.source(share),
                elementRows: UnsafeMutableRawPointer(scratch + panelBytes).assumingMemoryBound(to: Int8.self))
            for tile in weights.tiles * division / divisions..<weights.tiles * (division + 1) / divisions {
                run(group: group, tile: tile, rows: rows, isLast: band == bands - 1, share)
            }
        }
    }

    private func run(group: Int, tile: Int, rows: Range<Int>, isLast: Bool, _ share: Share) {
        let first = tile * weights.tileOutputs
        let outputs = min(weights.tileOutputs, weights.perGroup - first)
        let positions = shape.positions(rows)
        let planeStride = places.output.planeStride
        func plane(_ output: Int) -> UnsafeMutablePointer<Int8> {
            let channel = isShuffled ? (first + output) * groups + group : group * weights.perGroup + first + output
            return places.destination(channel, share).assumingMemoryBound(to: Int8.self)
        }
        // A run of pixels goes where it belongs, and beyond its plane's end into the room before the next.
        let isDirect =
            shape.isFlat && outputs == weights.tileOutputs && planeStride >= (places.output.shape.pixels + 15) / 16 * 16
        let lines = share.scratch(of: Int8.self) + panelBytes + inputs.rowBytes
        ProductLine(
            panel: share.scratch(of: UInt8.self), offsets: isLast ? offsets.last.pointer : offsets.all.pointer,
            tile: weights.tile(group, tile), bytes: isDirect ? plane(0) + rows.lowerBound * shape.width : lines,
            stride: isDirect ? planeStride * (isShuffled ? groups : 1) : lineBytes
        ).run(outputs: weights.tileOutputs, count: positions)
        guard !isDirect else { return }
        for output in 0..<outputs { copy(lines + output * lineBytes, to: plane(output), rows, positions) }
    }

    /// Brings an output's rows from a line to its plane.
    private func copy(
        _ line: UnsafePointer<Int8>, to plane: UnsafeMutablePointer<Int8>, _ rows: Range<Int>, _ positions: Int
    ) {
        let width = shape.outputWidth
        if shape.isFlat {
            (plane + rows.lowerBound * width).update(from: line, count: positions)
            return
        }
        let end = plane + rows.upperBound * width
        for row in rows {
            let source = line + (row - rows.lowerBound) * shape.rowStride
            let target = plane + row * width
            var x = 0
            while x < width {
                // Sixteen bytes may reach into rows of the same band, which follow.
                if target + x + 16 <= end {
                    let bytes = UnsafeRawPointer(source + x).loadUnaligned(as: SIMD16<Int8>.self)
                    UnsafeMutableRawPointer(target + x).storeBytes(of: bytes, as: SIMD16<Int8>.self)
                } else {
                    (target + x).update(from: source + x, count: min(16, width - x))
                }
                x += 16
            }
        }
    }
}
