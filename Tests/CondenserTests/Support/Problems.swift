import Condenser

/// The problems for which `body` is refused, none where it is not.
///
/// - Throws: whatever else `body` throws.
func problems<Result>(_ body: () throws -> Result) throws -> [String] {
    do {
        _ = try body()
        return []
    } catch ConversionError.problems(let problems) {
        return problems.map(\.description)
    }
}
