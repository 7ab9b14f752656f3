/// How pixels between pixels are made when an image is resized; both filters widen where the image shrinks, as Pillow's do.
public enum Interpolation: String, CaseIterable, Sendable {
    /// By the triangle filter.
    case bilinear
    /// By Keys' cubic filter with a = −½.
    case bicubic
}
