import ArgumentParser
import ImageInput

/// How large a picture may be.
struct ImageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Refuse pictures of more pixels than this; JPEGs beyond it are decoded at a half, a quarter or an eighth of their sides.",
            valueName: "n"))
    var maxPixels = ImageLimits.default.pixels

    /// The limits of every picture.
    var limits: ImageLimits {
        var limits = ImageLimits.default
        limits.pixels = maxPixels
        limits.reduciblePixels = max(limits.reduciblePixels, maxPixels)
        return limits
    }

    func validate() throws {
        guard (1...1 << 30).contains(maxPixels) else {
            throw ValidationError("--max-pixels: expected 1 to \(1 << 30), found \(maxPixels)")
        }
    }
}
