/// The sums of four output channels over one bundle of pixels, which can be laid aside and taken up again.
struct SumTile<Pixels: PixelVectors> {
    private var output0: Pixels
    private var output1: Pixels
    private var output2: Pixels
    private var output3: Pixels

    /// Output channels.
    @inline(__always) static var outputs: Int { 4 }
    /// Floats of a tile that was laid aside.
    @inline(__always) static var count: Int { 4 &* Pixels.width }

    /// Every pixel of an output equal to that output's bias.
    @inline(__always)
    init(bias: UnsafePointer<Float>) {
        output0 = Pixels(repeating: bias[0])
        output1 = Pixels(repeating: bias[1])
        output2 = Pixels(repeating: bias[2])
        output3 = Pixels(repeating: bias[3])
    }

    /// What `save` wrote.
    @inline(__always)
    init(saved: UnsafePointer<Float>) {
        output0 = Pixels(loading: saved)
        output1 = Pixels(loading: saved + Pixels.width)
        output2 = Pixels(loading: saved + 2 &* Pixels.width)
        output3 = Pixels(loading: saved + 3 &* Pixels.width)
    }

    /// Lays the tile aside: `[outputs][Pixels.width]`.
    @inline(__always)
    func save(to pointer: UnsafeMutablePointer<Float>) {
        output0.store(to: pointer)
        output1.store(to: pointer + Pixels.width)
        output2.store(to: pointer + 2 &* Pixels.width)
        output3.store(to: pointer + 3 &* Pixels.width)
    }

    /// Adds one input's pixels times the weight of each output, of four consecutive ones.
    @inline(__always)
    mutating func addProduct(_ pixels: Pixels, _ weights: UnsafePointer<Float>) {
        let weights = WeightLanes(weights)
        output0.addProduct(pixels, weights[0])
        output1.addProduct(pixels, weights[1])
        output2.addProduct(pixels, weights[2])
        output3.addProduct(pixels, weights[3])
    }

    /// Writes the first `outputs` (1 to 4) outputs to planes from `plane` on.
    @inline(__always)
    func store(
        to destination: ContiguousPixels, in plane: UnsafeMutablePointer<Float>, planeStride: Int, outputs: Int,
        rectifies: Bool
    ) {
        destination.store(rectifies ? output0.rectified() : output0, in: plane)
        guard outputs > 1 else { return }
        destination.store(rectifies ? output1.rectified() : output1, in: plane + planeStride)
        guard outputs > 2 else { return }
        destination.store(rectifies ? output2.rectified() : output2, in: plane + 2 &* planeStride)
        guard outputs > 3 else { return }
        destination.store(rectifies ? output3.rectified() : output3, in: plane + 3 &* planeStride)
    }
}
