import Condenser
import Glibc
import ModelFormat

/// Looks at the file that a command is going to write, before the command begins its work.
///
/// - Parameter inputs: what the command reads, and what each is called.
/// - Throws: `ConversionError.option` for a path that would replace an input, and for `-`, which would be a file of that
///   name; `ModelFormatError.inputOutput`, as writing itself would throw it, where no file can be made or replaced.
func check(output path: String, inputs: [(what: String, path: String)] = []) throws {
    guard path != "-" else { throw ConversionError.option("--output: expected a file, found -") }
    if let input = inputs.first(where: { isSameFile($0.path, path) }) {
        throw ConversionError.option("\(path): the output would replace \(input.what)")
    }
    try FileOutput.check(path)
}

/// Whether both paths lead to one file, through links of any kind.
private func isSameFile(_ first: String, _ second: String) -> Bool {
    var (one, other) = (stat(), stat())
    return stat(first, &one) == 0 && stat(second, &other) == 0 && one.st_dev == other.st_dev
        && one.st_ino == other.st_ino
}
