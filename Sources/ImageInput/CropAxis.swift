/// A centre crop along one axis, as torchvision's `CenterCrop` places it: offsets are rounded half to even, and an
/// image that is too short is padded with zeros, one more behind than before where they cannot be equal.
struct CropAxis {
    /// Zeros before the first pixel.
    let padding: Int
    /// The pixels kept.
    let kept: Range<Int>

    /// - Precondition: both lengths are at least 1.
    init(length: Int, crop: Int) {
        padding = max(crop - length, 0) / 2
        let start = Int((Double(max(length - crop, 0)) / 2).rounded(.toNearestOrEven))
        kept = start..<(start + min(length, crop))
    }
}
