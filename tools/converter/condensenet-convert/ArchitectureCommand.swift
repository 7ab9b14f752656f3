import ArgumentParser
import CommandLineSupport
import Condenser
import Foundations
import ModelFormat

/// `condensenet-convert architecture`.
struct ArchitectureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "architecture",
        abstract: "Write the condensed network of a design as a graph without weights, to measure it before training.",
        discussion: """
            The families vgg-16, resnet-18 and mobilenet-v1 are the networks that the CondenseNet paper compares with: of \
            the options they take --classes, --dataset, --input-size and --name only. --hidden, \
            --hard-swish-from and --squeeze-excite-from are condensenet-v2's alone, which has no --classifier-keep.
            """)

    @Option(help: ArgumentHelp("Layers of each dense block, such as 4-6-8-10-8.", valueName: "n-n-…"))
    var stages: PerStage?

    @Option(help: ArgumentHelp("Channels that each layer adds, such as 8-16-32-64-128.", valueName: "k-k-…"))
    var growth: PerStage?

    @Option(help: "Which kind of network it is.")
    var family = NetworkFamily.dense(.condensenet)

    @Option(help: "Groups of the 1×1 convolutions (default: 4).")
    var groups: Int?

    @Option(help: ArgumentHelp("The condensation factor (default: as many as groups).", valueName: "c"))
    var condensation: Int?

    @Option(
        name: .customLong("groups-3x3"),
        help: ArgumentHelp("Groups of the 3×3 convolutions (default: as many as groups).", valueName: "groups"))
    var spatialGroups: Int?

    @Option(help: "Outputs of a 1×1 convolution for each channel that its layer adds (default: 4).")
    var bottleneck: Int?

    @Option(help: ArgumentHelp("Classes (default: the data set's).", valueName: "n"))
    var classes: Int?

    @Option(help: ArgumentHelp("Outputs of the layer before the classifier (default: 1024).", valueName: "n"))
    var hidden: Int?

    @Option(help: ArgumentHelp("The first dense block with squeeze-excite (default: 4).", valueName: "block"))
    var squeezeExciteFrom: Int?

    @OptionGroup var network: NetworkOptions

    func run() throws {
        try network.check()
        let (description, report) =
            switch family {
            case .dense(let family): try design(family)
            case .comparison(let preset): try comparison(preset)
            }
        try FileOutput.replace(network.output, withText: ArchitectureFile.text(description))
        try StandardOutput.write(report)
    }

    private func design(
        _ family: NetworkSpecification.Family
    ) throws -> (description: ModelDescription, report: String) {
        if family == .densenet { try refuse([("--condensation", condensation != nil)], family.rawValue) }
        if family == .condenseNetV2 {
            try refuse([("--classifier-keep", network.classifierKeep != nil)], family.rawValue)
        } else {
            try refuse(version2, family.rawValue)
        }
        guard let stages, let growth else {
            throw ConversionError.option("\(stages == nil ? "--stages" : "--growth"): missing")
        }
        var design = NetworkSpecification(stages: stages.values, growth: growth.values)
        design.family = family
        if let groups { design.groups = groups }
        design.condensationFactor = condensation
        design.spatialGroups = spatialGroups
        if let bottleneck { design.bottleneck = bottleneck }
        design.classes = classes
        design.dataset = network.dataset
        design.inputSize = network.inputSize
        design.stemStride = network.stemStride
        if let hidden { design.hidden = hidden }
        if let hardSwishFrom = network.hardSwishFrom { design.hardSwishFrom = hardSwishFrom }
        if let squeezeExciteFrom { design.squeezeExciteFrom = squeezeExciteFrom }
        if let classifierKeep = network.classifierKeep { design.classifierKeep = classifierKeep }
        let (description, architecture) = try ModelDescription.architecture(design, name: network.name)
        return (description, architecture.report(output: network.output))
    }

    /// The options of version 2 alone.
    private var version2: [(name: String, isGiven: Bool)] {
        [
            ("--hidden", hidden != nil), ("--hard-swish-from", network.hardSwishFrom != nil),
            ("--squeeze-excite-from", squeezeExciteFrom != nil),
        ]
    }

    private func comparison(
        _ preset: ComparisonPreset
    ) throws -> (description: ModelDescription, report: String) {
        try refuse(
            [
                ("--stages", stages != nil), ("--growth", growth != nil), ("--groups", groups != nil),
                ("--condensation", condensation != nil), ("--groups-3x3", spatialGroups != nil),
                ("--bottleneck", bottleneck != nil), ("--stem-stride", network.stemStride != nil),
                ("--classifier-keep", network.classifierKeep != nil),
            ] + version2, preset.rawValue)
        let dataset = network.dataset
        let source = try SourceNetwork(
            preset, inputSize: network.inputSize ?? dataset?.inputSize ?? 224,
            classes: classes ?? dataset?.classes ?? 1000)
        let description = try ModelDescription.architecture(source, dataset: dataset, name: network.name)
        return (description, try source.report() + "\n\(network.output)\n")
    }

    /// - Throws: `ConversionError.option` for the first of the options that is given: the family has no use for it.
    private func refuse(_ options: [(name: String, isGiven: Bool)], _ family: String) throws {
        guard let option = options.first(where: \.isGiven) else { return }
        throw ConversionError.option("\(option.name): \(family) has no such number to choose")
    }
}
