/// A folded batch norm: channel `c` becomes `x · scale[c] + shift[c]`. Nothing is owned.
public struct Normalization<Element> {
    /// `[channels]`.
    public var scale: UnsafePointer<Element>
    /// `[channels]`.
    public var shift: UnsafePointer<Element>

    /// Names the factors and the terms.
    public init(scale: UnsafePointer<Element>, shift: UnsafePointer<Element>) {
        self.scale = scale
        self.shift = shift
    }
}

extension Normalization where Element: KernelElement {
    /// `x · scale[channel] + shift[channel]` of every pixel.
    @inline(__always)
    func applied<Pixels: PixelVectors<Element>>(to x: Pixels, channel: Int) -> Pixels {
        var result = Pixels(repeating: shift[channel])
        result.addProduct(x, scale[channel])
        return result
    }

    /// `x · scale[channel] + shift[channel]`, rounded as vectors are.
    @inline(__always)
    func applied(to x: Element, channel: Int) -> Element { multiplyAdd(shift[channel], x, scale[channel]) }
}
