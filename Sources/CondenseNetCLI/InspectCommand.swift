import ArgumentParser
import CommandLineSupport
import CondenseNet
import ModelFormat

/// What a model is and how it will be run.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Shows a model's layers, costs and execution plan.")

    @Argument(help: "A model or architecture file.", completion: .file())
    var model: String

    @Flag(help: "Show the execution plan: kernels, bytes and arena offsets.")
    var plan = false

    @Flag(help: "One line, or JSON without layers.")
    var short = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard !short || !plan else { throw ValidationError("expected --short or --plan, found both") }
    }

    func run() throws {
        let loaded = try loadModel(model)
        let planned = plan ? try reporting(model) { try ExecutionPlan(consuming: loaded) } : nil
        let report = InspectReport(model: loaded, plan: planned, isShort: short)
        try StandardOutput.write(
            json ? report.json.text(expandedLevels: 2) + "\n" : report.text(width: Terminal.outputWidth))
    }
}
