import ImageInput

/// Labelled images.
protocol Dataset: Sendable {
    /// How many images there are.
    var count: Int { get }
    /// One more than the largest label.
    var classes: Int { get }
    /// The class of image `index`.
    func label(_ index: Int) -> Int
    /// Image `index`, decoded.
    func image(_ index: Int) throws -> RGBImage
}

/// Which part of a data set.
enum Split: String, CaseIterable {
    case test
    case train
}
