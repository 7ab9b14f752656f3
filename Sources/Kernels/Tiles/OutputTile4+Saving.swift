/// Sums that are laid aside while other inputs are at work, and taken up again.
extension OutputTile4 {
    /// Floats of a tile that was laid aside.
    @inline(__always) static var savedCount: Int { 4 &* Pixels.width }

    /// What `save` wrote.
    @inline(__always)
    init(saved: UnsafePointer<Float>) {
        self.init(
            Pixels(loading: saved), Pixels(loading: saved + Pixels.width), Pixels(loading: saved + 2 &* Pixels.width),
            Pixels(loading: saved + 3 &* Pixels.width))
    }

    /// Lays the tile aside: `[outputs][Pixels.width]`.
    @inline(__always)
    func save(to pointer: UnsafeMutablePointer<Float>) {
        output0.store(to: pointer)
        output1.store(to: pointer + Pixels.width)
        output2.store(to: pointer + 2 &* Pixels.width)
        output3.store(to: pointer + 3 &* Pixels.width)
    }

    /// Writes the first `outputs` (1 to 4) outputs to planes from `plane` on.
    @inline(__always)
    func store(
        to destination: ContiguousPixels, in plane: UnsafeMutablePointer<Float>, planeStride: Int, outputs: Int,
        rectifies: Bool
    ) {
        destination.store(rectifies ? output0.relu() : output0, in: plane)
        guard outputs > 1 else { return }
        destination.store(rectifies ? output1.relu() : output1, in: plane + planeStride)
        guard outputs > 2 else { return }
        destination.store(rectifies ? output2.relu() : output2, in: plane + 2 &* planeStride)
        guard outputs > 3 else { return }
        destination.store(rectifies ? output3.relu() : output3, in: plane + 3 &* planeStride)
    }
}
