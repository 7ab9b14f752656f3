import CondenseNet
import Foundation
import Foundations
import ModelFormat

/// What bytes or half precision do to a network, measured by the runtime: both networks run on images that did not choose
/// scales.
public struct PrecisionReport: Sendable {
    /// A layer's outputs.
    public struct Row: Equatable, Sendable {
        /// The layer's name in the source network.
        public let layer: String
        /// The shape of its output.
        public let shape: PlaneShape
        /// How strong the outputs are beside the difference, in decibels; infinite where there is none.
        public let decibels: Double

        /// The decibels, for people; what has none says why.
        var text: String {
            if decibels.isFinite { return "\(Format.fixed(decibels, 1)) dB" }
            if decibels.isNaN { return "not finite" }
            return decibels > 0 ? "exact" : "no signal"
        }
    }

    /// What the network is computed in.
    public let precision: Precision
    /// One row for each layer, in order.
    public let rows: [Row]
    /// How many images were compared.
    public let images: Int
    /// The root mean square of the logits' differences, relative to that of the logits.
    public let difference: Double
    /// On how many images the likeliest class is the same.
    public let sameAnswers: Int
    /// On how many images each network is right; `nil` without labels.
    public let right: (before: Int, after: Int)?

    /// Refuses processors or settings without kernels that run both networks.
    ///
    /// - Throws: `ConversionError.option`, `RuntimeError`.
    public static func check(_ precision: Precision) throws {
        _ = try KernelSets.choose(nil)
        if precision != .f16 {
            _ = try KernelSets.choose(nil, for: precision)
        } else if KernelSets.usable(in: .f16).isEmpty {
            throw ConversionError.option(
                "f16: no kernels compute in half precision here, so that what it does to images cannot be measured")
        }
    }

    /// - Parameters:
    ///   - floats: the network in single precision.
    ///   - other: the same network in `precision`, in which it is computed even where the processor would widen it.
    /// - Precondition: `check` has passed.
    /// - Throws: `ModelFormatError` or `RuntimeError` when a network cannot be run here.
    init(
        of floats: ModelFile, and other: ModelFile, _ precision: Precision, on images: [CalibrationImages.Image],
        progress: () -> Void
    ) throws {
        var options = ExecutionPlan.Options(retainsValues: true)
        var plans = [try ExecutionPlan(Model(floats), options: options)]
        if precision == .f16 { options.instructionSet = KernelSets.usable(in: .f16).last! }
        plans.append(try ExecutionPlan(Model(other), options: options))
        self.precision = precision
        let graph = floats.description.graph
        var signal = [Double](repeating: 0, count: graph.steps.count)
        var noise = signal
        var (same, before, after) = (0, 0, 0)
        for image in images {
            var expected: [[Float]] = []
            try plans[0].run(image.planes) { expected.append($1) }
            var position = 0
            var logits: [Float] = []
            try plans[1].run(image.planes) { step, found in
                for (number, reference) in zip(found, expected[position]) {
                    let difference = Double(number) - Double(reference)
                    signal[position] += Double(reference) * Double(reference)
                    noise[position] += difference * difference
                }
                position += 1
                logits = found
            }
            let answers = (expected.last!.indexOfLargest, logits.indexOfLargest)
            same += answers.0 == answers.1 ? 1 : 0
            before += answers.0 == image.label ? 1 : 0
            after += answers.1 == image.label ? 1 : 0
            progress()
        }
        rows = graph.steps.enumerated().map { position, step in
            Row(
                layer: step.name, shape: graph.shapes(of: step).output,
                decibels: noise[position] == 0 ? .infinity : 10 * log10(signal[position] / noise[position]))
        }
        self.images = images.count
        difference = noise.last! == 0 ? 0 : (noise.last! / signal.last!).squareRoot()
        sameAnswers = same
        right = images.allSatisfy { $0.label != nil } ? (before, after) : nil
    }

    /// The layers in aligned columns, then what became of the answers, each line ended by a newline.
    ///
    /// - Parameter width: columns of the terminal, beyond which no line goes; `nil` for any number.
    public func text(width: Int? = nil) -> String {
        var table = TextTable([.left("layer"), .right("shape", rank: 1), .right("signal/noise")])
        for row in rows {
            table.append([row.layer, row.shape.description, row.text])
        }
        let (name, method) =
            precision == .f16
            ? ("half precision", "half precision, as a processor with Armv8.2's fp16 does")
            : ("int8", "bytes, with sums of 32 bits; logits stay float32")
        var lines = [
            "every layer is computed in \(method)",
            "logits differ by \(percent(difference)) (root mean square)",
            "same answer on \(sameAnswers) of \(images) images, \(percent(Double(sameAnswers) / Double(images)))",
        ]
        if let right {
            lines.append(
                "top-1 \(percent(Double(right.before) / Double(images))) in float32, "
                    + "\(percent(Double(right.after) / Double(images))) in \(name)")
        }
        return table.text(width: width) + lines.map { $0.wrapped(width: width) + "\n" }.joined()
    }

    private func percent(_ part: Double) -> String { "\(Format.fixed(100 * part, 2)) %" }
}

extension [Float] {
    /// The position of the largest number, the first of several.
    fileprivate var indexOfLargest: Int? { indices.max { self[$0] < self[$1] } }
}
