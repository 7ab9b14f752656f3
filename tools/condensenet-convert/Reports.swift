import Condenser
import ModelFormat

extension Conversion {
    /// What was found, what condensing removed, and what was written.
    func report(output: String) -> String {
        let kept = network.architecture.classifier.inputs
        return lines(source.summary(kept: kept)) + "\n" + CondensationTable(network.architecture).text + "\n"
            + "\(output): \(grouped(bytes.count)) bytes\n"
    }
}

extension Architecture {
    /// What was designed and what condensing will remove of it.
    func report(output: String) -> String {
        lines(summary(kept: classifier.inputs)) + "\n" + CondensationTable(self).text + "\n\(output)\n"
    }
}

/// Labels and texts in two columns.
private func lines(_ pairs: [(label: String, text: String)]) -> String {
    var table = TextTable([.left, .left])
    for pair in pairs { table.add(pair.label, pair.text) }
    return table.text
}
