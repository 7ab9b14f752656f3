/// The shape of a value: `[channels, height, width]`.
public struct PlaneShape: Equatable, Sendable {
    /// Planes.
    public var channels: Int
    /// Rows of a plane.
    public var height: Int
    /// Columns of a plane.
    public var width: Int

    /// A shape; a validated graph's are within `FormatLimits`.
    public init(channels: Int, height: Int, width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    /// Elements of one plane.
    public var pixels: Int { height * width }
    /// Elements of all planes.
    public var count: Int { channels * pixels }
}

extension PlaneShape: CustomStringConvertible {
    /// `channels×height×width`.
    public var description: String { "\(channels)×\(height)×\(width)" }
}
