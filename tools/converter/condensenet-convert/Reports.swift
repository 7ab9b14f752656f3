import CommandLineSupport
import Condenser
import Foundations
import ModelFormat

extension Conversion {
    /// What was found and, of a network of dense blocks, what condensing removed and what the choice of the classifier's
    /// features does.
    var report: String {
        get throws {
            guard let architecture = network.architecture else {
                return try network.source.report(images: images) + "\n"
            }
            let found = lines(architecture.summary(kept: architecture.classifier.inputs) + images)
            let effect = classifierEffect.map {
                "\nfeatures that the classifier keeps, on \($0.inputs) seeded inputs\n\($0.text(width: Terminal.outputWidth))"
            }
            return found + "\n" + CondensationTable(architecture).text(width: Terminal.outputWidth)
                + (effect ?? "") + "\n"
        }
    }

    /// The data set of the images, and whether the classes have no names.
    private var images: [(label: String, text: String)] {
        let origin =
            preprocessing.dataset.map {
                $0.rawValue + (preprocessing.isAssumed ? ", assumed (--dataset says otherwise)" : "")
            } ?? "of no known data set"
        return [("images", origin)]
            + (description.labels.isEmpty ? [("labels", "none: classes are numbered (--labels gives names)")] : [])
    }
}

extension Verification {
    /// The comparison of every layer, and the verdict.
    var report: String {
        table(width: Terminal.outputWidth) + verdict.wrapped(width: Terminal.outputWidth) + "\n\n"
    }
}

extension Architecture {
    /// What was designed and what condensing will remove of it.
    func report(output: String) -> String {
        lines(summary(kept: classifier.inputs, isDesign: true)) + "\n"
            + CondensationTable(self).text(width: Terminal.outputWidth) + "\n\(output)\n"
    }
}

extension SourceNetwork {
    /// What the network is and what it costs.
    ///
    /// - Parameter images: lines on where preprocessing and labels come from.
    func report(images: [(label: String, text: String)] = []) throws -> String {
        let graph = try Graph(self)
        let work = graph.steps.reduce(0) { $0 + graph.shapes(of: $1).multiplyAccumulates }
        return lines(
            [
                ("network", name), ("input", "3×\(inputSize)×\(inputSize)"), ("classes", "\(classes)"),
                ("parameters", Format.grouped(graph.parameters)), ("MACs", Format.grouped(work)),
                ("paper FLOPs", Format.grouped(graph.paperFLOPs)),
            ] + images)
    }
}

/// Labels and texts in two columns.
private func lines(_ pairs: [(label: String, text: String)]) -> String {
    var table = TextTable(untitled: [.left, .left])
    for pair in pairs { table.append([pair.label, pair.text]) }
    return table.text(width: Terminal.outputWidth)
}
