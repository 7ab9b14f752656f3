/// A frame with axes, grid and labels; what is drawn within is added as elements.
///
/// Colours are classes of the page's style, so that a plot follows its light and dark themes.
struct SVGPlot {
    static let width = 720.0
    let x: Scale
    let y: Scale
    private let height: Double
    private var elements = ""

    private static let margins = (left: 66.0, right: 14.0, top: 14.0, bottom: 52.0)

    /// - Parameters:
    ///   - x: the values along the lower edge.
    ///   - y: the values up the left edge.
    init(
        x: ClosedRange<Double>, y: ClosedRange<Double>, height: Double = 300,
        logarithmicX: Bool = false, logarithmicY: Bool = false
    ) {
        let margins = Self.margins
        self.x = Scale(x, from: margins.left, to: Self.width - margins.right, logarithmic: logarithmicX)
        self.y = Scale(y, from: height - margins.bottom, to: margins.top, logarithmic: logarithmicY)
        self.height = height
    }

    /// A coordinate with one decimal.
    static func coordinate(_ value: Double) -> String { Format.fixed(value, 1) }

    /// Draws grid lines and labels.
    mutating func axes(xTitle: String, yTitle: String, yTicks: Bool = true) {
        let c = Self.coordinate
        for tick in x.ticks(7) {
            let position = c(x.position(tick))
            elements += "<line class=\"grid\" x1=\"\(position)\" x2=\"\(position)\" y1=\"\(c(y.range.start))\" "
            elements += "y2=\"\(c(y.range.end))\"/>"
            text(Scale.tick(tick), at: (x.position(tick), y.range.start + 20), anchor: "middle")
        }
        if yTicks {
            for tick in y.ticks(5) {
                let position = c(y.position(tick))
                elements +=
                    "<line class=\"grid\" x1=\"\(c(x.range.start))\" x2=\"\(c(x.range.end))\" y1=\"\(position)\" "
                elements += "y2=\"\(position)\"/>"
                text(Scale.tick(tick), at: (x.range.start - 6, y.position(tick) + 4), anchor: "end")
            }
        }
        elements +=
            "<line class=\"axis\" x1=\"\(c(x.range.start))\" x2=\"\(c(x.range.end))\" y1=\"\(c(y.range.start))\" "
        elements += "y2=\"\(c(y.range.start))\"/>\n"
        text(xTitle, at: (x.range.end, height - 8), anchor: "end")
        let middle = (y.range.start + y.range.end) / 2
        elements += "<text x=\"14\" y=\"\(c(middle))\" text-anchor=\"middle\" "
        elements += "transform=\"rotate(-90 14 \(c(middle)))\">\(Markup.escaped(yTitle))</text>\n"
    }

    mutating func text(_ text: String, at point: (x: Double, y: Double), anchor: String, classes: String = "") {
        let attribute = classes.isEmpty ? "" : " class=\"\(classes)\""
        elements += "<text\(attribute) x=\"\(Self.coordinate(point.x))\" y=\"\(Self.coordinate(point.y))\" "
        elements += "text-anchor=\"\(anchor)\">\(Markup.escaped(text))</text>\n"
    }

    /// A path through positions on the page.
    mutating func path(_ points: [(x: Double, y: Double)], classes: String, closed: Bool = false) {
        let steps = points.map { "\(Self.coordinate($0.x)) \(Self.coordinate($0.y))" }.joined(separator: "L")
        elements += "<path class=\"\(classes)\" d=\"M\(steps)\(closed ? "Z" : "")\"/>\n"
    }

    /// A disc, with a text that shows when it is pointed at.
    mutating func disc(at point: (x: Double, y: Double), radius: Double, classes: String, title: String) {
        let c = Self.coordinate
        elements += "<circle class=\"\(classes)\" cx=\"\(c(point.x))\" cy=\"\(c(point.y))\" r=\"\(c(radius))\">"
        elements += "<title>\(Markup.escaped(title))</title></circle>\n"
    }

    /// The finished drawing.
    ///
    /// - Parameter label: what it shows, for those who cannot see it.
    func svg(label: String) -> String {
        "<svg viewBox=\"0 0 \(Self.coordinate(Self.width)) \(Self.coordinate(height))\" role=\"img\" "
            + "aria-label=\"\(Markup.escaped(label))\">\n\(elements)</svg>"
    }
}
