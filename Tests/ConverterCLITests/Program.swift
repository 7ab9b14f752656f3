import Foundation
import TestSupport

extension Program {
    /// Runs `condensenet-convert` to its end.
    ///
    /// - Parameter output: where standard output goes; `nil` collects it.
    static func convert(_ arguments: [String], output: FileHandle? = nil) throws -> Result {
        try run("condensenet-convert", arguments, output: output)
    }
}
