import CondenseNet
import Foundations
import ModelFormat

/// What half precision does to a network's answers: measured with the kernels that compute in it, and with those that widen
/// its weights, as processors without it do.
struct HalfPrecision {
    /// The largest accepted difference of a logit, relative to the largest: twice what was found.
    let tolerance: Float
    /// What could not be measured, and what was and is much, a line each.
    let warnings: [String]

    /// Less is not asked of a machine whose sums round otherwise.
    private static let least: Float = 1e-4
    /// A larger difference is warned of: it may change which class is the likeliest.
    private static let noted: Float = 1e-2
    /// Half precision's largest number.
    private static let largest: Float = 65_504

    /// Runs the model file `bytes` on its sample input.
    ///
    /// - Parameter description: what the file says; its sample answers are the source network's.
    /// - Throws: `ConversionError.problems` for layers whose outputs half precision cannot hold,
    ///   `ConversionError.halfPrecision` for answers beyond half precision's tolerance, and what making a plan throws.
    init(of bytes: [UInt8], _ description: ModelDescription) throws {
        let sample = description.sample!
        let tolerance = Precision.f16.tolerance
        let model = Model(try ModelFile(bytes: bytes))
        let input = try sample.input(description.inputShape)
        let halves = KernelSets.usable(in: .f16)
        var worst: Float = 0
        for instructionSet in [KernelSets.usable.last!] + halves {
            let options = ExecutionPlan.Options(retainsValues: true, instructionSet: instructionSet)
            let session = try Session(plan: ExecutionPlan(model, options: options))
            let logits = try session.logits(input)
            try Self.checkRange(of: session, description.graph)
            for (logit, expected) in zip(logits, sample.logits) { worst = max(worst, (logit - expected).magnitude) }
        }
        let difference = worst / sample.magnitude
        guard difference <= tolerance else { throw ConversionError.halfPrecision(difference: Double(difference)) }
        var warnings: [String] = []
        if halves.isEmpty {
            self.tolerance = max(2 * difference, tolerance)
            warnings.append(
                "this machine has no kernels for half precision: what it does to the answers is not measured")
        } else {
            self.tolerance = max(2 * difference, Self.least)
        }
        if difference > Self.noted {
            warnings.append(
                "half precision changes the answers to the sample input by \(Format.fixed(100 * Double(difference), 1)) % of the largest"
            )
        }
        self.warnings = warnings
    }

    /// Proves that half precision holds every output of every layer.
    private static func checkRange(of session: Session, _ graph: Graph) throws {
        var problems: [CheckpointProblem] = []
        for step in graph.steps {
            let shape = graph.shapes(of: step).output
            let start = step.outputOffset * shape.pixels
            let outputs = try session.value(step.output)[start..<start + shape.count]
            // An infinity in one layer makes others after it: the first says enough.
            guard let position = outputs.firstIndex(where: { !($0.magnitude <= largest) }) else { continue }
            problems.append(
                .overflow(
                    tensor: "outputs of \(step.name)", position: position - start, value: Double(outputs[position]),
                    type: "half precision (±65,504)"))
            break
        }
        guard problems.isEmpty else { throw ConversionError.problems(problems) }
    }
}
