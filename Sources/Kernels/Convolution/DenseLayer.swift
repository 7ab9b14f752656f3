/// A layer of a dense block: a gathered, activated 1×1 convolution into middle planes, then a 3×3 convolution of those.
///
/// The two run band by band, so that the middle planes of a band stay in the cache: a band's last two middle rows are
/// carried over to the next, and none is computed twice. Results equal those of the two convolutions run one after the
/// other, bit for bit, whatever rows a call is given.
public struct DenseLayer: Sendable, Equatable {
    /// The 1×1 convolution; its outputs are the middle planes.
    public let pointwise: PointwiseConvolution
    /// The 3×3 convolution.
    public let spatial: Convolution3x3
    /// Middle planes with room for one band.
    public let middle: PaddedPlanes

    /// A layer of two convolutions.
    ///
    /// `bandRows` are the rows of a band; nil for about as many as keep the middle planes of a band in a second-level
    /// cache, in whole tiles of four rows.
    ///
    /// - Precondition: the images are of equal size, not empty, the first convolution has as many outputs as the second
    ///   has inputs, and `bandRows` is positive.
    public init(pointwise: PointwiseConvolution, spatial: Convolution3x3, bandRows: Int? = nil) {
        precondition(pointwise.width == spatial.width && pointwise.height == spatial.height)
        precondition(pointwise.groups * pointwise.outputs == spatial.groups * spatial.inputs)
        self.pointwise = pointwise
        self.spatial = spatial
        precondition(spatial.width > 0 && spatial.height > 0 && bandRows ?? 1 > 0)
        let rowElements = PaddedPlanes(width: spatial.width, rows: 1).rowStride * spatial.groups * spatial.inputs
        let limit = bandRows ?? max(4, KernelTable.bandElements / max(1, rowElements) - 2)
        let bands = (spatial.height + limit - 1) / limit
        let rows = min(roundUp((spatial.height + bands - 1) / bands, toMultipleOf: 4), spatial.height)
        middle = PaddedPlanes(width: spatial.width, rows: bandRows ?? rows)
    }

    /// Middle planes.
    var middlePlanes: Int { spatial.groups * spatial.inputs }

    /// Elements of the middle in the scratch, rounded up to a cache line.
    private var middleCount: Int { roundUp(middle.count(planes: middlePlanes), toMultipleOf: 16) }

    /// Elements of scratch that one call of `run` needs.
    public var scratchCount: Int { middleCount + pointwise.scratchCount }

    /// Computes the given rows of the output.
    ///
    /// Calls for different rows may run at the same time if each has its own scratch; each computes the middle rows
    /// above and below its own anew. Allocates nothing.
    ///
    /// - Precondition: the buffers have the sizes that the operands' descriptions give; `scratch` has `scratchCount`
    ///   elements, begins on a multiple of 64 bytes, and may hold anything.
    func run<Element: TiledElement>(
        _: Element.Type, _ operands: DenseLayerOperands<Element>, rows: Range<Int>,
        scratch: UnsafeMutablePointer<Element>
    ) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= spatial.height)
        let panel = scratch + middleCount
        // Middle rows that lie in the buffer already.
        var ready = max(0, rows.lowerBound - 1)
        var first = rows.lowerBound
        middle.clearGaps(scratch, planes: middlePlanes, rows: -1..<middle.rows + 1)
        while first < rows.upperBound {
            let end = min(first + middle.rows, rows.upperBound)
            if first > rows.lowerBound {
                middle.moveRowsUp(scratch, planes: middlePlanes, from: middle.rows - 1..<middle.rows + 1, to: -1)
            }
            let needed = min(end + 1, spatial.height)
            pointwise.run(
                Element.self,
                PointwiseOperands(
                    input: operands.input, inputPlaneStride: operands.inputPlaneStride,
                    inputs: operands.inputs, weights: operands.pointwiseWeights, output: scratch,
                    outputLayout: .padded(middle, firstRow: first), outputPlanes: operands.middlePlanes),
                groups: 0..<pointwise.groups, rows: ready..<needed, scratch: panel)
            if first == 0 { middle.clearRow(scratch, planes: middlePlanes, row: -1) }
            if end == spatial.height { middle.clearRow(scratch, planes: middlePlanes, row: end - first) }
            spatial.run(
                Element.self,
                Convolution3x3Operands(
                    input: scratch, inputLayout: middle, firstRow: first, weights: operands.spatialWeights,
                    output: operands.output, outputPlaneStride: operands.outputPlaneStride),
                groups: 0..<spatial.groups, rows: first..<end)
            ready = needed
            first = end
        }
    }
}

/// The buffers of a `DenseLayer`. Nothing is owned; every pointer outlives the call.
public struct DenseLayerOperands<Element: BitwiseCopyable & Sendable> {
    /// Feature planes: pixel `p` of plane `c` at `c * inputPlaneStride + p`.
    public var input: UnsafePointer<Element>
    /// Elements from one input plane to the next.
    public var inputPlaneStride: Int
    /// What `PointwiseConvolution.gather` made.
    public var inputs: GatheredInputs<Element>
    /// What `PointwiseConvolution.pack` made.
    public var pointwiseWeights: UnsafePointer<Element>
    /// The middle plane of each output channel of the 1×1 convolution.
    public var middlePlanes: UnsafePointer<Int32>
    /// What `Convolution3x3.pack` made.
    public var spatialWeights: UnsafePointer<Element>
    /// The first output plane; it may lie in the buffer of the inputs, behind the planes that are read.
    public var output: UnsafeMutablePointer<Element>
    /// Elements from one output plane to the next.
    public var outputPlaneStride: Int

    /// Names the buffers.
    public init(
        input: UnsafePointer<Element>, inputPlaneStride: Int, inputs: GatheredInputs<Element>,
        pointwiseWeights: UnsafePointer<Element>, middlePlanes: UnsafePointer<Int32>,
        spatialWeights: UnsafePointer<Element>, output: UnsafeMutablePointer<Element>, outputPlaneStride: Int
    ) {
        self.input = input
        self.inputPlaneStride = inputPlaneStride
        self.inputs = inputs
        self.pointwiseWeights = pointwiseWeights
        self.middlePlanes = middlePlanes
        self.spatialWeights = spatialWeights
        self.output = output
        self.outputPlaneStride = outputPlaneStride
    }
}
