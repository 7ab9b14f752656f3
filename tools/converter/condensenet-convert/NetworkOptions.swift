import ArgumentParser
import CommandLineSupport
import Condenser
import Foundations
import ModelFormat

/// What is chosen of a network, be it read from a checkpoint or designed, and where its file goes.
struct NetworkOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The file to write.")
    var output: String

    @Option(help: "The data set that the network is for.")
    var dataset: Dataset?

    @Option(help: ArgumentHelp("Height and width of the input.", valueName: "n"))
    var inputSize: Int?

    @Option(
        help: ArgumentHelp(
            "The stride of the first convolution, which no tensor tells (default: 1 for CIFAR, else 2).",
            valueName: "1|2"))
    var stemStride: Int?

    @Option(
        help: ArgumentHelp(
            "CondenseNetV2: the first dense block with hard swish, counted from 1 (default: as a checkpoint's args say, or 3).",
            valueName: "block"))
    var hardSwishFrom: Int?

    @Option(help: ArgumentHelp("The part of its inputs that the classifier keeps (default: 0.5).", valueName: "part"))
    var classifierKeep: Double?

    @Option(help: "The network's name in the file (default: its family and depth).")
    var name: String?

    /// Looks at the name and at the file that is going to be written, before the command begins its work.
    ///
    /// - Parameter inputs: what the command reads, and what each is called.
    /// - Throws: `ConversionError.option` for an empty name and for one that no file may hold, `CommandFailure` for an
    ///   output that would replace an input, for `-` and for one where no file can be made.
    func check(inputs: [(what: String, path: String)] = []) throws {
        guard name != "" else { throw ConversionError.option("--name: expected a name, found none") }
        if let name, !name.isPrintable || !name.isStreamSafe {
            throw ConversionError.option(
                "--name: expected text without control characters or long rows of combining ones, found \(name.prefix(80))"
            )
        }
        try checkOutput(output, inputs: inputs)
    }
}
