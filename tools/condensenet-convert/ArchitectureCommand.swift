import ArgumentParser
import Condenser
import ModelFormat

/// `condensenet-convert architecture`.
struct ArchitectureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "architecture",
        abstract: "Write the condensed network of a design as a graph without weights, to measure it before training.")

    @Option(help: ArgumentHelp("Layers of each dense block, such as 4-6-8-10-8.", valueName: "n-n-…"))
    var stages: PerStage

    @Option(help: ArgumentHelp("Channels that each layer adds, such as 8-16-32-64-128.", valueName: "k-k-…"))
    var growth: PerStage

    @Option(help: "Which kind of network it is.")
    var family = NetworkSpecification.Family.condensenet

    @Option(help: "Groups of the 1×1 convolutions.")
    var groups = 4

    @Option(help: ArgumentHelp("The condensation factor (default: as many as groups).", valueName: "c"))
    var condensation: Int?

    @Option(
        name: .customLong("groups-3x3"),
        help: ArgumentHelp("Groups of the 3×3 convolutions (default: as many as groups).", valueName: "groups"))
    var spatialGroups: Int?

    @Option(help: "Outputs of a 1×1 convolution for each channel that its layer adds.")
    var bottleneck = 4

    @Option(help: ArgumentHelp("Classes (default: the data set's).", valueName: "n"))
    var classes: Int?

    @Option(help: "The data set that it is meant for.")
    var dataset: Dataset?

    @Option(help: ArgumentHelp("Height and width of the input.", valueName: "n"))
    var inputSize: Int?

    @Option(help: ArgumentHelp("The part of its inputs that the classifier keeps.", valueName: "part"))
    var classifierKeep = 0.5

    @Option(help: "The network's name (default: its family and depth).")
    var name: String?

    @Option(name: .shortAndLong, help: "Where to write the architecture file.")
    var output: String

    func run() throws {
        var design = NetworkSpecification(stages: stages.values, growth: growth.values)
        design.family = family
        design.groups = groups
        design.condensationFactor = condensation
        design.spatialGroups = spatialGroups
        design.bottleneck = bottleneck
        design.classes = classes
        design.dataset = dataset
        design.inputSize = inputSize
        design.classifierKeep = classifierKeep
        let (description, architecture) = try ModelDescription.architecture(design, name: name)
        try FileOutput.replace(output, withText: ArchitectureFile.text(description))
        try Console.write(architecture.report(output: output))
    }
}
