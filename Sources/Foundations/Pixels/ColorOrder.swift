/// The order in which colours fill three planes.
public enum ColorOrder: String, Sendable {
    /// Red, green, blue.
    case rgb = "RGB"
    /// Blue, green, red.
    case bgr = "BGR"
}
