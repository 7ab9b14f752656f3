/// G and C of a network's learned group convolutions, from all their masks together.
struct LearnedGroups {
    private(set) var groups = 1
    private(set) var condensationFactor = 1
    private(set) var problems: [CheckpointProblem] = []
    /// Whether C had to be taken from the masks alone.
    private(set) var lacksBuffers = false

    /// - Parameter allowUnpruned: whether layers that keep everything are taken as they are, with C = 1.
    init(_ masks: [MaskSurvey], allowUnpruned: Bool) {
        var factors: [(mask: MaskSurvey, factor: Int)] = []
        for mask in masks {
            if let factor = factor(mask, allowUnpruned) { factors.append((mask, factor)) }
        }
        guard let factor = mostFrequent(factors.map(\.factor)) else { return }
        condensationFactor = factor
        for (mask, found) in factors where found != factor {
            problems.append(
                .disagreement(
                    layer: mask.layer, quantity: "condensation factor", found: found, others: factor))
        }
        let agreeing = factors.lazy.filter { $0.factor == factor }.map(\.mask)
        inferGroups(Array(agreeing))
        for mask in agreeing { check(mask) }
    }

    /// A layer's own condensation factor; `nil` after a problem.
    private mutating func factor(_ mask: MaskSurvey, _ allowUnpruned: Bool) -> Int? {
        if mask.kept.allSatisfy({ $0 == 0 }) {
            problems.append(.emptyMask(layer: mask.layer))
            return nil
        }
        if mask.keepsEverything {
            if !allowUnpruned { problems.append(.unpruned(layer: mask.layer, inputs: mask.inputs)) }
            return allowUnpruned ? 1 : nil
        }
        guard let stage = mask.stage, let count = mask.count else {
            lacksBuffers = true
            let kept = mask.kept.min()!...mask.kept.max()!
            guard kept.lowerBound == kept.upperBound, kept.lowerBound > 0,
                mask.inputs.isMultiple(of: kept.lowerBound)
            else {
                problems.append(.noFactor(layer: mask.layer, inputs: mask.inputs, kept: kept))
                return nil
            }
            return mask.inputs / kept.lowerBound
        }
        let inputs = Float(mask.inputs)
        guard stage == stage.rounded(), (1..<inputs).contains(stage), count == count.rounded(),
            (1..<inputs).contains(count), (mask.inputs * Int(stage)).isMultiple(of: Int(count))
        else {
            problems.append(.buffers(layer: mask.layer, stage: stage, count: count, inputs: mask.inputs))
            return nil
        }
        let factor = mask.inputs * Int(stage) / Int(count)
        let isFinished = mask.kept.allSatisfy { $0 * factor == mask.inputs }
        guard mask.inputs.isMultiple(of: factor), !isFinished || Int(stage) == factor - 1 else {
            problems.append(.buffers(layer: mask.layer, stage: stage, count: count, inputs: mask.inputs))
            return nil
        }
        return factor
    }

    /// The largest period of all masks, those of unfinished ones apart while there are others.
    ///
    /// A mask in which nothing repeats says nothing about groups while others do repeat: it may be a broken one.
    private mutating func inferGroups(_ masks: [MaskSurvey]) {
        let finished = masks.filter { mask in mask.kept.allSatisfy { $0 * condensationFactor == mask.inputs } }
        let candidates = finished.isEmpty ? masks : finished
        let repeating = candidates.filter(\.repeats)
        groups = (repeating.isEmpty ? candidates : repeating).map(\.period).max() ?? 1
        let fitting = candidates.filter { !$0.repeats && $0.outputs <= groups }
        groups = max(groups, fitting.map(\.period).max() ?? 1)
    }

    /// Reports the first output of `mask` that does not fit the network's groups and factor.
    private mutating func check(_ mask: MaskSurvey) {
        guard mask.outputs.isMultiple(of: groups) else {
            problems.append(
                .disagreement(layer: mask.layer, quantity: "groups", found: mask.period, others: groups))
            return
        }
        let needs = mask.inputs / condensationFactor
        if let output = mask.kept.firstIndex(where: { $0 != needs }) {
            let group = stride(from: output % groups, to: mask.outputs, by: groups)
            let place =
                mask.kept.allSatisfy { $0 == mask.kept[output] }
                ? "every group"
                : group.allSatisfy { mask.kept[$0 % mask.period] == mask.kept[output] }
                    ? "group \(output % groups)" : "output \(output) of group \(output % groups)"
            let progress = mask.stage.map { " (condensation step \(Int($0)) of \(condensationFactor - 1))" } ?? ""
            problems.append(
                .unfinished(
                    layer: mask.layer, place: place, keeps: mask.kept[output], needs: needs, progress: progress))
        } else if let output = mask.firstOutlier(groups: groups) {
            problems.append(
                .unequalMasks(
                    layer: mask.layer, group: output % groups, outputs: (output % groups, output), kept: needs))
        }
    }
}

/// The number that occurs most often, the first of several; `nil` for no numbers.
func mostFrequent(_ numbers: [Int]) -> Int? {
    var counts: [Int: Int] = [:]
    for number in numbers { counts[number, default: 0] += 1 }
    return numbers.max { counts[$0]! < counts[$1]! }
}
