import CommandLineSupport
import Serving

/// The server on the board.
@main
enum CondenseNetServe {
    static func main() { CommandLineProgram.run(ServeCommand.self) }
}
