import Foundations

/// How an image becomes the network's input: resize, centre crop, then `(pixel/255 − mean) / std` in each channel.
public struct Preprocessing: Equatable, Sendable {
    /// The shorter side after resizing; `nil` keeps the image's size.
    public var resize: Int?
    /// The side of the centre crop, zero-padded where the image is smaller; `nil` takes the image as it is.
    public var crop: Int?
    /// One number for each input plane.
    public var mean: [Float]
    /// One positive number for each input plane.
    public var std: [Float]
    /// Which colour each input plane holds.
    public var colorOrder: ColorOrder
    /// How an image is resized.
    public var interpolation: Interpolation

    /// A transform; `ModelDescription.validate` says whether it suits a network.
    public init(
        resize: Int?, crop: Int?, mean: [Float], std: [Float], colorOrder: ColorOrder = .rgb,
        interpolation: Interpolation = .bilinear
    ) {
        self.resize = resize
        self.crop = crop
        self.mean = mean
        self.std = std
        self.colorOrder = colorOrder
        self.interpolation = interpolation
    }

    func validate(for input: PlaneShape) throws {
        if let resize, !(1...FormatLimits.side).contains(resize) {
            throw JSONError.member(
                path: "preprocessing.resize", expected: "1 to \(FormatLimits.side)", found: "\(resize)")
        }
        if let crop, crop != input.height || crop != input.width {
            throw JSONError.member(
                path: "preprocessing.crop", expected: "the input's \(input.height)×\(input.width)", found: "\(crop)")
        }
        guard mean.count == 3, mean.allSatisfy(\.isFinite) else {
            throw JSONError.member(
                path: "preprocessing.mean", expected: "three finite numbers", found: "\(mean)")
        }
        guard std.count == 3, std.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw JSONError.member(
                path: "preprocessing.std", expected: "three positive finite numbers", found: "\(std)")
        }
    }
}
