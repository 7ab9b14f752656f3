/// What the mask and the buffers of one learned group convolution say.
struct MaskSurvey {
    let layer: String
    let inputs: Int
    let outputs: Int
    /// `_stage`, how often inputs were dropped; `nil` where the checkpoint has no buffers.
    let stage: Float?
    /// `_count`, how many inputs were dropped; `nil` where the checkpoint has no buffers.
    let count: Float?
    /// How many inputs each output keeps.
    let kept: [Int]
    /// The length of the shortest pattern of rows that repeats to give the whole mask; it divides the outputs.
    let period: Int
    /// Equal numbers where outputs keep the same inputs.
    private let patterns: [Int]

    /// - Precondition: `mask` is `[outputs, inputs]`, of zeros and ones.
    init(layer: String, mask: [Float], inputs: Int, outputs: Int, stage: Float?, count: Float?) {
        self.layer = layer
        self.inputs = inputs
        self.outputs = outputs
        self.stage = stage
        self.count = count
        let rows = (0..<outputs).map { mask[($0 * inputs)..<(($0 + 1) * inputs)] }
        kept = rows.map { row in row.reduce(0) { $0 + ($1 == 1 ? 1 : 0) } }
        var known: [ArraySlice<Float>: Int] = [:]
        let patterns = rows.map { row in
            let pattern = known[row] ?? known.count
            known[row] = pattern
            return pattern
        }
        self.patterns = patterns
        period = (1...outputs).first { period in
            outputs.isMultiple(of: period) && patterns.indices.allSatisfy { patterns[$0] == patterns[$0 % period] }
        }!
    }

    var keepsEverything: Bool { kept.allSatisfy { $0 == inputs } }

    /// Whether the mask has group structure to be seen: several outputs share their inputs in a regular pattern.
    var repeats: Bool { period < outputs }

    /// The first output that keeps other inputs than the first output of its group does.
    func firstOutlier(groups: Int) -> Int? { patterns.indices.first { patterns[$0] != patterns[$0 % groups] } }
}
