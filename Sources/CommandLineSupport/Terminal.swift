import Glibc

/// The terminal that a stream leads to.
package enum Terminal {
    /// Columns of the terminal at standard output; `nil` where it is none, or does not say.
    package static var outputWidth: Int? { width(of: STDOUT_FILENO) }

    /// Columns of the terminal at standard error; `nil` where it is none, or does not say.
    package static var errorWidth: Int? { width(of: STDERR_FILENO) }

    private static func width(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }
}
