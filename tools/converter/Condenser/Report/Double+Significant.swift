import Foundation

extension Double {
    /// At most `digits` significant digits, without trailing zeros and without an exponent where that is short.
    func significant(_ digits: Int) -> String { String(format: "%.\(digits)g", self) }
}
