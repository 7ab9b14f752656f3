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
    private let bands: Int
    private let panelBytes: Int
    /// Bytes of a line of an output's results, where they are not written to their plane.
    private let lineBytes: Int
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
        bands = (shape.outputHeight + bandRows - 1) / bandRows
        lineBytes = (shape.positions(0..<bandRows) + 127) / 64 * 64
        panelBytes = shape.byteCount(bandRows)
        // Even one row of outputs with large windows far apart may take more than a thread has.
        guard panelBytes <= FormatLimits.scratchBytes else {
            throw ModelFormatError.limit(
                what: "bytes of scratch memory for \(step.name)", found: panelBytes, limit: FormatLimits.scratchBytes)
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

    var packedBytes: Int { weights.byteCount + inputs.byteCount + offsets.all.byteCount + offsets.last.byteCount }
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
            run(
                group, weights.tiles * division / divisions..<weights.tiles * (division + 1) / divisions, rows,
                isLast: band == bands - 1, share)
        }
    }

    /// Computes the outputs of some tiles of a group, whose panel is made.
    private func run(_ group: Int, _ tiles: Range<Int>, _ rows: Range<Int>, isLast: Bool, _ share: Share) {
        let (stride, tileOutputs) = (places.output.planeStride, weights.tileOutputs)
        let outputStride = isShuffled ? stride * groups : stride
        let positions = shape.positions(rows)
        let (width, count) = shape.isFlat ? (positions, 1) : (shape.outputWidth, rows.count)
        let start = rows.lowerBound * shape.outputWidth
        // Beyond its plane's end the last row goes into the room before the next.
        let end = isLast ? stride : rows.upperBound * shape.outputWidth
        let fitsPlane = shape.isFlat && stride >= (places.output.shape.pixels + 15) / 16 * 16
        let lines = share.scratch(of: Int8.self) + panelBytes + inputs.rowBytes
        let panel = share.scratch(of: UInt8.self)
        let offsets = isLast ? offsets.last.pointer : offsets.all.pointer
        var left = weights.perGroup - tiles.lowerBound * tileOutputs
        var plane =
            places.destination(isShuffled ? group : group * weights.perGroup, share)
            .assumingMemoryBound(to: Int8.self) + tiles.lowerBound * tileOutputs * outputStride
        for tile in tiles {
            let isDirect = fitsPlane && left >= tileOutputs
            ProductLine(
                panel: panel, offsets: offsets, tile: weights.tile(group, tile),
                bytes: isDirect ? plane + start : lines, stride: isDirect ? outputStride : lineBytes
            ).run(outputs: tileOutputs, count: positions)
            for output in 0..<(isDirect ? 0 : min(tileOutputs, left)) {
                let plane = plane + output * outputStride
                condensenet_bytes_copy_rows(
                    plane + start, plane + end, lines + output * lineBytes, shape.rowStride, width, count)
            }
            plane += tileOutputs * outputStride
            left -= tileOutputs
        }
    }
}
