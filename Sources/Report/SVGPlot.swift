import Foundations

/// A frame with axes, grid and labels; what is drawn within is added as elements.
///
/// Colours are classes of the page's style, so that a plot follows its light and dark themes.
package struct SVGPlot {
    package static let width = 720.0
    package let x: Scale
    package let y: Scale
    private let height: Double
    private var elements = ""

    private static let margins = (left: 66.0, right: 14.0, top: 14.0, bottom: 52.0)

    /// - Parameters:
    ///   - x: the values along the lower edge.
    ///   - y: the values up the left edge.
    package init(
        x: ClosedRange<Double>, y: ClosedRange<Double>, height: Double = 300,
        logarithmicX: Bool = false, logarithmicY: Bool = false
    ) {
        let margins = Self.margins
        self.x = Scale(x, from: margins.left, to: Self.width - margins.right, logarithmic: logarithmicX)
        self.y = Scale(y, from: height - margins.bottom, to: margins.top, logarithmic: logarithmicY)
        self.height = height
    }

    /// A coordinate with one decimal.
    package static func coordinate(_ value: Double) -> String { Format.fixed(value, 1) }

    /// Draws grid lines and labels.
    package mutating func axes(xTitle: String, yTitle: String, yTicks: Bool = true) {
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
        elements += "<text x=\"19\" y=\"\(c(middle))\" text-anchor=\"middle\" "
        elements += "transform=\"rotate(-90 19 \(c(middle)))\">\(Markup.escaped(yTitle))</text>\n"
    }

    package mutating func text(_ text: String, at point: (x: Double, y: Double), anchor: String, classes: String = "") {
        let attribute = classes.isEmpty ? "" : " class=\"\(classes)\""
        elements += "<text\(attribute) x=\"\(Self.coordinate(point.x))\" y=\"\(Self.coordinate(point.y))\" "
        elements += "text-anchor=\"\(anchor)\">\(Markup.escaped(text))</text>\n"
    }

    /// A path through positions on the page.
    package mutating func path(_ points: [(x: Double, y: Double)], classes: String, closed: Bool = false) {
        let steps = points.map { "\(Self.coordinate($0.x)) \(Self.coordinate($0.y))" }.joined(separator: "L")
        elements += "<path class=\"\(classes)\" d=\"M\(steps)\(closed ? "Z" : "")\"/>\n"
    }

    /// A disc, or a square or a rhombus of the same area where a series has no colour of its own, with a text that shows
    /// when it is pointed at.
    package mutating func mark(at point: (x: Double, y: Double), radius: Double, series: Int, title: String) {
        let c = Self.coordinate
        let classes = "class=\"mark \(ReportStyle.classes("d", series: series))\""
        let half = radius * (Double.pi / 4).squareRoot()
        let name: String
        switch ReportStyle.pattern(series: series) {
        case 0:
            name = "circle"
            elements += "<circle \(classes) cx=\"\(c(point.x))\" cy=\"\(c(point.y))\" r=\"\(c(radius))\">"
        case 1:
            name = "rect"
            elements += "<rect \(classes) x=\"\(c(point.x - half))\" y=\"\(c(point.y - half))\" "
            elements += "width=\"\(c(2 * half))\" height=\"\(c(2 * half))\">"
        default:
            name = "polygon"
            let reach = half * 2.squareRoot()
            let corners = [(0, -reach), (reach, 0), (0, reach), (-reach, 0)]
            let points = corners.map { "\(c(point.x + $0.0)),\(c(point.y + $0.1))" }.joined(separator: " ")
            elements += "<polygon \(classes) points=\"\(points)\">"
        }
        elements += "<title>\(Markup.escaped(title))</title></\(name)>\n"
    }

    /// The finished drawing.
    ///
    /// - Parameter label: what it shows, for those who cannot see it.
    package func svg(label: String) -> String {
        "<svg viewBox=\"0 0 \(Self.coordinate(Self.width)) \(Self.coordinate(height))\" role=\"img\" "
            + "aria-label=\"\(Markup.escaped(label))\">\n\(elements)</svg>"
    }
}
