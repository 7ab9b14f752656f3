import Engine
import ModelFormat

/// Stride 1 and padding 1, split by groups; each group's input planes are first given zeros around them in the thread's
/// scratch.
extension Convolution3x3: PlaneConvolution {
    static var name: String { "Convolution3x3" }

    init(_ step: Step, _ convolution: Convolution, shape: PlaneShape) {
        self.init(
            groups: convolution.groups, inputs: step.inputChannels / convolution.groups,
            outputs: convolution.outputChannels / convolution.groups, width: shape.width, height: shape.height,
            activation: convolution.activation)
    }

    private var padded: PaddedPlanes { PaddedPlanes(width: width, rows: height) }
    var scratchElements: Int { padded.count(planes: groups * inputs) }
    func parts(threads: Int) -> Int { Share.parts(of: groups, threads: threads) }

    func run(_ source: Planes<Number>, _ weights: UnsafePointer<Number>, _ destination: Planes<Number>, _ share: Share)
    {
        let part = share.of(groups)
        padded.copy(
            to: share.scratch(), from: source.base, sourcePlaneStride: source.stride,
            planes: part.lowerBound * inputs..<part.upperBound * inputs, height: height)
        run(
            Convolution3x3Operands(
                input: share.scratch(), inputLayout: padded, weights: weights, output: destination.base,
                outputPlaneStride: destination.stride),
            groups: part, rows: 0..<height)
    }
}

/// Every plane by itself, split by channels.
extension DepthwiseConvolution: PlaneConvolution {
    static var name: String { "DepthwiseConvolution" }

    init(_ step: Step, _ convolution: Convolution, shape: PlaneShape) {
        self.init(
            channels: convolution.groups, inputWidth: shape.width, inputHeight: shape.height,
            kernel: convolution.kernel, stride: convolution.stride, padding: convolution.padding,
            activation: convolution.activation)
    }

    var scratchElements: Int { scratchCount }
    func parts(threads: Int) -> Int { Share.parts(of: channels, threads: threads) }

    func run(_ source: Planes<Number>, _ weights: UnsafePointer<Number>, _ destination: Planes<Number>, _ share: Share)
    {
        run(
            Number.self,
            PlaneOperands(
                input: source.base, inputPlaneStride: source.stride, weights: weights, output: destination.base,
                outputPlaneStride: destination.stride),
            channels: share.of(channels), scratch: share.scratch())
    }
}

/// Stride 1 and padding 1, split by tiles of outputs, and so by groups where their number allows it.
extension Winograd3x3: PlaneConvolution {
    static var name: String { "Winograd3x3" }

    init(_ step: Step, _ convolution: Convolution, shape: PlaneShape) {
        self.init(
            groups: convolution.groups, inputs: step.inputChannels / convolution.groups,
            outputs: convolution.outputChannels / convolution.groups, width: shape.width, height: shape.height,
            activation: convolution.activation)
    }

    var scratchElements: Int { scratchCount }
    /// Whole groups where the threads divide them: each share transforms the inputs of its groups.
    func parts(threads: Int) -> Int {
        groups % threads == 0
            ? Share.parts(of: groups, threads: threads, each: groups)
            : Share.parts(of: tiles, threads: threads, each: 2)
    }

    func run(_ source: Planes<Number>, _ weights: UnsafePointer<Number>, _ destination: Planes<Number>, _ share: Share)
    {
        run(
            PlaneOperands(
                input: source.base, inputPlaneStride: source.stride, weights: weights, output: destination.base,
                outputPlaneStride: destination.stride),
            tiles: share.of(tiles), scratch: share.scratch())
    }
}
