/// Sums that are laid aside while other inputs are at work, and taken up again.
extension OutputTile4 {
    /// Elements of a tile that was laid aside.
    @inline(__always) static var savedCount: Int { 4 &* Pixels.width }

    /// What `save` wrote.
    @inline(__always)
    init(saved: UnsafePointer<Element>) {
        self.init(
            Pixels(loading: saved), Pixels(loading: saved + Pixels.width), Pixels(loading: saved + 2 &* Pixels.width),
            Pixels(loading: saved + 3 &* Pixels.width))
    }

    /// Lays the tile aside: `[outputs][Pixels.width]`.
    @inline(__always)
    func save(to pointer: UnsafeMutablePointer<Element>) {
        output0.store(to: pointer)
        output1.store(to: pointer + Pixels.width)
        output2.store(to: pointer + 2 &* Pixels.width)
        output3.store(to: pointer + 3 &* Pixels.width)
    }
}
