/// What the mask and the buffers of one learned group convolution say.
struct MaskSurvey {
    let layer: String
    let inputs: Int
    let outputs: Int
    /// `_stage`, how often inputs were dropped; `nil` where the checkpoint has no buffers.
    let stage: Float?
    /// `_count`, how many inputs were dropped; `nil` where the checkpoint has no buffers.
    let count: Float?
    /// How many inputs each output of the first period keeps; further ones keep as many as these.
    let kept: [Int]
    /// The length of the shortest pattern of rows that repeats to give the whole mask; it divides the outputs.
    let period: Int
    /// For each output of the first period, equal numbers where outputs keep the same inputs.
    private let patterns: [Int]

    /// - Precondition: `mask` is `[outputs, inputs]`, of zeros and ones.
    init(layer: String, mask: [Float], inputs: Int, outputs: Int, stage: Float?, count: Float?) {
        self.layer = layer
        self.inputs = inputs
        self.outputs = outputs
        self.stage = stage
        self.count = count
        func row(_ output: Int) -> ArraySlice<Float> { mask[(output * inputs)..<((output + 1) * inputs)] }
        var known: [ArraySlice<Float>: Int] = [:]
        let patterns = (0..<outputs).map { output in
            if let pattern = known[row(output)] { return pattern }
            let pattern = known.count
            known[row(output)] = pattern
            return pattern
        }
        let period = Self.period(of: patterns)
        self.period = period
        self.patterns = Array(patterns[..<period])
        kept = (0..<period).map { output in row(output).reduce(0) { $0 + ($1 == 1 ? 1 : 0) } }
    }

    /// The length of the shortest start of `numbers` whose repetition gives all of them, in as many steps as there are
    /// numbers.
    ///
    /// Source: the failure function of Knuth, Morris and Pratt. The shortest shift that maps the numbers onto themselves
    /// is what is left beside the longest border; where it does not divide the count, no shorter start repeats at all.
    static func period(of numbers: [Int]) -> Int {
        var borders = [Int](repeating: 0, count: numbers.count)
        var border = 0
        for position in numbers.indices.dropFirst() {
            while border > 0, numbers[border] != numbers[position] { border = borders[border - 1] }
            if numbers[border] == numbers[position] { border += 1 }
            borders[position] = border
        }
        let shift = numbers.count - border
        return shift > 0 && numbers.count.isMultiple(of: shift) ? shift : numbers.count
    }

    var keepsEverything: Bool { kept.allSatisfy { $0 == inputs } }

    /// Whether the mask has group structure to be seen: several outputs share their inputs in a regular pattern.
    var repeats: Bool { period < outputs }

    /// The first output that keeps other inputs than the first output of its group does.
    func firstOutlier(groups: Int) -> Int? {
        (0..<outputs).first { patterns[$0 % period] != patterns[$0 % groups % period] }
    }
}
