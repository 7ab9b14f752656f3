/// What decides which kernel runs a convolution.
struct ConvolutionShape {
    /// Groups.
    let groups: Int
    /// Input channels of one group, after any gather.
    let inputs: Int
    /// Output channels of one group.
    let outputs: Int
    /// Rows, and columns, of the kernel.
    let kernel: Int
    /// Input pixels from one output pixel to the next, both ways.
    let stride: Int
    /// Zeros on each side of the input.
    let padding: Int
    /// Rows of the input.
    let height: Int
    /// Whether the input is taken as it is and the outputs stay in order.
    let isPlain: Bool

    /// A 1×1 convolution over every pixel.
    var isPointwise: Bool { kernel == 1 && stride == 1 && padding == 0 }

    /// A 3×3 convolution that keeps the size of the image and takes its input as it is.
    var isDirect3x3: Bool { isPlain && kernel == 3 && stride == 1 && padding == 1 }

    /// A convolution of every channel by itself, whose windows leave no pixel out: its kernel sorts them all.
    var isDepthwise: Bool { isPlain && inputs == 1 && outputs == 1 && stride <= kernel }
}
