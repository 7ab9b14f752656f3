/// Counts of right and wrong answers, over all images and class by class.
struct Accuracy {
    /// How the images of one class, or of all, were answered.
    struct Tally {
        var images = 0
        /// Images whose likeliest class is right.
        var first = 0
        /// Images whose class is among the five likeliest.
        var firstFive = 0

        var top1: Double { images == 0 ? 0 : Double(first) / Double(images) }
        var top5: Double { images == 0 ? 0 : Double(firstFive) / Double(images) }
    }

    /// Images of one class that were taken for another.
    struct Confusion {
        let label: Int
        let predicted: Int
        let count: Int
    }

    private(set) var all = Tally()
    /// By class.
    private(set) var classes: [Tally]
    /// Wrong answers, the most frequent first; equally frequent ones by class.
    let confusions: [Confusion]

    /// Counts the images that were answered.
    init(_ evaluation: Evaluation, classes count: Int) {
        classes = Array(repeating: Tally(), count: count)
        var wrong: [Int: Int] = [:]
        for position in 0..<evaluation.total {
            let outcome = evaluation.outcome(position)
            guard outcome.state == .answered else { continue }
            let label = evaluation.dataset.label(evaluation.index(position))
            let predicted = Int(outcome.predicted)
            all.add(isRight: predicted == label, isInTopFive: outcome.isInTopFive(label))
            classes[label].add(isRight: predicted == label, isInTopFive: outcome.isInTopFive(label))
            if predicted != label { wrong[label * count + predicted, default: 0] += 1 }
        }
        confusions = wrong.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            Confusion(label: $0.key / count, predicted: $0.key % count, count: $0.value)
        }
    }
}

extension Accuracy.Tally {
    fileprivate mutating func add(isRight: Bool, isInTopFive: Bool) {
        images += 1
        if isRight { first += 1 }
        if isInTopFive { firstFive += 1 }
    }
}
