/// The buffers of a convolution that takes its planes as they are and leaves its outputs in order. Nothing is owned; every
/// pointer outlives the call.
public struct PlaneOperands<Element> {
    /// Input planes: pixel `(y, x)` of channel `c` at `c * inputPlaneStride + y * inputWidth + x`.
    public var input: UnsafePointer<Element>
    /// Elements from one input plane to the next.
    public var inputPlaneStride: Int
    /// What `pack` made; references do not use it.
    public var weights: UnsafePointer<Element>
    /// Output planes, laid out likewise, with their own width; nothing else is written.
    public var output: UnsafeMutablePointer<Element>
    /// Elements from one output plane to the next.
    public var outputPlaneStride: Int

    /// Names the buffers.
    public init(
        input: UnsafePointer<Element>, inputPlaneStride: Int, weights: UnsafePointer<Element>,
        output: UnsafeMutablePointer<Element>, outputPlaneStride: Int
    ) {
        self.input = input
        self.inputPlaneStride = inputPlaneStride
        self.weights = weights
        self.output = output
        self.outputPlaneStride = outputPlaneStride
    }
}
