import Foundations

/// A progress bar on standard error, drawn only when that is a terminal.
package struct ProgressBar {
    private let title: String
    private let total: Int
    private let start = ContinuousClock.now
    private var drawn: ContinuousClock.Instant?

    package init(_ title: String, total: Int) {
        self.title = title
        self.total = total
    }

    /// Shows that `done` of the whole are done, at most ten times a second.
    package mutating func update(_ done: Int, note: String = "") {
        let now = ContinuousClock.now
        guard StandardError.isTerminal, done == total || drawn.map({ now - $0 > .milliseconds(100) }) ?? true else {
            return
        }
        drawn = now
        let fraction = total > 0 ? Double(done) / Double(total) : 1
        let seconds = (now - start) / .seconds(1)
        let left = fraction > 0 ? seconds / fraction - seconds : 0
        let percent = Format.fixed(100 * fraction, 0)
        // The last column stays free: some terminals begin a new line once it is filled.
        let width = (Terminal.errorWidth ?? 80) - 1
        let parts = [
            "\(title) ", " \(percent) %", "  \(done)/\(total)", "  \(Self.clock(left)) left",
            note.isEmpty ? "" : "  \(note)",
        ]
        var text = parts[1...]
        // What is said last goes first where there is little room, then the bar.
        while text.count > 1, (parts[0] + text.joined()).count > width { text.removeLast() }
        let room = min(width - (parts[0] + text.joined()).count, 30)
        let filled = Int(fraction * Double(max(room, 0)))
        let bar = room < 5 ? "" : String(repeating: "█", count: filled) + String(repeating: "░", count: room - filled)
        StandardError.write("\r" + (parts[0] + bar + text.joined()).shortened(to: width) + "\u{1B}[K")
    }

    /// Removes the bar.
    package func clear() {
        if StandardError.isTerminal { StandardError.write("\r\u{1B}[K") }
    }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 359_999).rounded())
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return whole < 3600
            ? "\(whole / 60):\(two(whole % 60))" : "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))"
    }
}
