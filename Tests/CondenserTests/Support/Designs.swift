@testable import Condenser

/// Small networks of every kind that the original code can train.
enum Designs {
    static let all: [NetworkSpecification] = [
        make { _ in },
        make { $0.condensationFactor = 2 },
        make { ($0.groups, $0.condensationFactor) = (2, 4) },
        make { ($0.groups, $0.condensationFactor) = (8, 2) },
        make { ($0.groups, $0.condensationFactor) = (1, 4) },
        make { $0.spatialGroups = 2 },
        make { ($0.groups, $0.spatialGroups, $0.condensationFactor) = (2, 8, 8) },
        make { $0.bottleneck = 1 },
        make { $0.bottleneck = 3 },
        make([3, 1, 2], [8, 8, 24]) { _ in },
        make([1, 2, 1, 1, 2], [8, 8, 8, 16, 16]) { ($0.groups, $0.classes, $0.inputSize) = (8, 5, 64) },
        make([2, 2], [4, 4]) { ($0.inputSize, $0.classes) = (12, 3) },
        make([2], [4]) { ($0.inputSize, $0.classes) = (8, 1) },
        make { $0.family = .denseNetWithLearnedGroups },
        make([1, 2, 1], [8, 8, 8]) {
            ($0.family, $0.condensationFactor, $0.classes) = (.denseNetWithLearnedGroups, 2, 100)
        },
        make { $0.family = .densenet },
        make { ($0.family, $0.groups, $0.spatialGroups) = (.densenet, 1, 1) },
    ]

    static func make(
        _ stages: [Int] = [2, 2, 2], _ growth: [Int] = [8, 16, 32], _ change: (inout NetworkSpecification) -> Void
    ) -> NetworkSpecification {
        var design = NetworkSpecification(stages: stages, growth: growth)
        change(&design)
        return design
    }

    /// The options that conversion needs where the number of blocks does not tell the input's size.
    static func options(_ design: NetworkSpecification) -> Architecture.InferenceOptions {
        Architecture.InferenceOptions(
            inputSize: design.inputSize, dataset: design.dataset, pooling: design.inputSize == nil ? nil : .global)
    }
}
