import Foundation
import ModelFormat
import TestSupport
import Testing

@testable import Condenser

/// The networks of the paper, as the original authors count them.
struct PaperNumbersTests {
    struct Network: Sendable, CustomTestStringConvertible {
        let name: String
        let file: String?
        let stages: [Int]
        let growth: [Int]
        let groups: Int
        let dataset: Dataset
        let paperFLOPs: Int
        let parameters: Int
        let multiplyAccumulates: Int
        /// Version 2: outputs of the layer before the classifier.
        var hidden: Int?

        var testDescription: String { name }

        var design: NetworkSpecification {
            var design = NetworkSpecification(stages: stages, growth: growth)
            design.groups = groups
            design.dataset = dataset
            if let hidden { (design.family, design.hidden) = (.condenseNetV2, hidden) }
            return design
        }

        /// The command that writes `file`.
        var command: String {
            func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: "-") }
            return "condensenet-convert architecture --stages \(list(stages)) --growth \(list(growth)) "
                + (hidden.map { "--family condensenet-v2 --hidden \($0) " } ?? "")
                + "--groups \(groups) --dataset \(dataset.rawValue) --name '\(name)' -o models/\(file ?? "…")"
        }
    }

    private static func imageNet(_ groups: Int, _ flops: Int, _ parameters: Int, _ work: Int) -> Network {
        Network(
            name: "CondenseNet-74 (G=C=\(groups))", file: "condensenet-74-g\(groups).json", stages: [4, 6, 8, 10, 8],
            growth: [8, 16, 32, 64, 128], groups: groups, dataset: .imagenet, paperFLOPs: flops, parameters: parameters,
            multiplyAccumulates: work)
    }

    private static func cifar(
        _ layers: Int, _ depth: Int, _ dataset: Dataset, _ flops: Int, _ parameters: Int, _ work: Int
    ) -> Network {
        Network(
            name: "CondenseNet-\(layers) (\(dataset == .cifar10 ? "CIFAR-10" : "CIFAR-100"))",
            file: dataset == .cifar10 ? "cifar-condensenet-\(layers).json" : nil, stages: [depth, depth, depth],
            growth: layers == 182 ? [12, 24, 48] : [8, 16, 32], groups: 4, dataset: dataset, paperFLOPs: flops,
            parameters: parameters, multiplyAccumulates: work)
    }

    private static func version2(
        _ variant: CondenseNetV2Variant, _ groups: Int, _ hidden: Int, _ flops: Int, _ parameters: Int, _ work: Int
    ) -> Network {
        Network(
            name: "CondenseNetV2-\(variant.rawValue)", file: "condensenet-v2-\(variant.rawValue.lowercased()).json",
            stages: variant.stages, growth: variant.growth, groups: groups, dataset: .imagenet, paperFLOPs: flops,
            parameters: parameters, multiplyAccumulates: work, hidden: hidden)
    }

    /// No published network: the depths of version 1 by the rules of version 2.
    private static func version2(cifar layers: Int, _ flops: Int, _ parameters: Int, _ work: Int) -> Network {
        let depth = (layers - 2) / 6
        return Network(
            name: "CondenseNetV2-\(layers) (CIFAR-10)", file: "cifar-condensenet-v2-\(layers).json",
            stages: [depth, depth, depth], growth: [8, 16, 32], groups: 4, dataset: .cifar10, paperFLOPs: flops,
            parameters: parameters, multiplyAccumulates: work, hidden: 828)
    }

    static let version2: [Network] = [
        version2(.a, 8, 828, 45_874_350, 2_038_444, 43_143_776),
        version2(.b, 6, 1024, 146_469_057, 3_592_662, 140_468_656),
        version2(.c, 8, 1024, 309_740_977, 6_177_512, 295_787_552),
        version2(cifar: 110, 114_665_428, 1_898_030, 109_219_928),
        version2(cifar: 146, 186_769_849, 2_879_054, 177_968_696),
    ]

    static let version1 = [
        imageNet(4, 529_328_264, 4_773_944, 516_640_576), imageNet(8, 274_233_480, 2_935_416, 261_545_792),
        cifar(50, 8, .cifar10, 28_639_514, 214_186, 27_183_376),
        cifar(74, 12, .cifar10, 51_893_626, 402_026, 49_204_592),
        cifar(86, 14, .cifar10, 65_812_394, 516_202, 62_377_888),
        cifar(86, 14, .cifar100, 65_848_484, 552_292, 62_413_888),
        cifar(98, 16, .cifar10, 81_258_970, 643_882, 76_992_976),
        cifar(110, 18, .cifar10, 98_233_354, 785_066, 93_049_856),
        cifar(122, 20, .cifar10, 116_735_546, 939_754, 110_548_528),
        cifar(182, 30, .cifar10, 512_658_874, 4_209_226, 493_916_592),
        cifar(182, 30, .cifar100, 512_773_444, 4_323_796, 494_031_072),
    ]

    static let networks = version1 + version2

    @Test(arguments: networks) func counts(network: Network) throws {
        let (description, _) = try ModelDescription.architecture(network.design)
        #expect(description.graph.paperFLOPs == network.paperFLOPs)
        #expect(description.graph.parameters == network.parameters)
        #expect(try description.graph.validate() == network.multiplyAccumulates)
    }

    static let networksWithFiles = networks.filter { $0.file != nil }

    @Test(arguments: networksWithFiles) func architectureFilesAreUpToDate(network: Network) throws {
        let (description, _) = try ModelDescription.architecture(network.design, name: network.name)
        let url = Fixture.root.appendingPathComponent("models/\(network.file!)")
        let committed = try String(contentsOf: url, encoding: .utf8)
        #expect(ArchitectureFile.text(description) == committed, "to write it anew: \(network.command)")
        let inferred = try Architecture(network.design)
        #expect(network.name.hasPrefix(inferred.name))
    }

    @Test func noOtherArchitectureFiles() throws {
        let folder = Fixture.root.appendingPathComponent("models").path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }
        let comparisons = ComparisonPreset.allCases.map { "\($0.rawValue).json" }
        #expect(Set(files) == Set(Self.networks.compactMap(\.file) + comparisons))
    }

    @Test func trainedNetworkAsItsAuthorsCountIt() throws {
        let conversion = try Conversion(path: Fixture.path("fashion-mnist/dense.pth.tar"))
        let expected = try JSONSerialization.jsonObject(with: Data(try Fixture.bytes("fashion-mnist/expected.json")))
        let numbers = try #require(expected as? [String: Any])
        #expect(conversion.description.graph.paperFLOPs == numbers["paper_flops"] as? Int)
        #expect(conversion.description.graph.parameters == numbers["parameters"] as? Int)
    }

    @Test(arguments: Designs.all) func partsAddUpToTheWhole(design: NetworkSpecification) throws {
        let (description, architecture) = try ModelDescription.architecture(design)
        let table = CondensationTable(architecture)
        #expect(table.total.condensed.parameters == description.graph.parameters)
        #expect(try description.graph.validate() == table.total.condensed.multiplyAccumulates)
        #expect(try Graph(architecture.uncondensed).validate() == table.total.dense.multiplyAccumulates)
        let weights = description.graph.tensors.filter { $0.role == .weight }.reduce(0) { $0 + $1.count }
        let classes = architecture.classifier.classes
        let norms =
            architecture.pointwise.reduce(0) { $0 + 2 * $1.operandChannels }
            + architecture.stages.reduce(0) { $0 + $1.layers.reduce(0) { $0 + 2 * $1.spatial.inputChannels } }
            + 2 * architecture.classifier.features
        #expect(description.graph.parameters == weights + norms + classes)
    }

    @Test func designsThatAreNoNetworks() {
        let unfit: [NetworkSpecification] = [
            Designs.make([], []) { _ in }, Designs.make([2, 2], [8, 8, 8]) { _ in },
            Designs.make([0, 2, 2]) { _ in }, Designs.make([2, 2, 2], [8, 0, 8]) { _ in },
            Designs.make([2, 2, 2], [-8, 8, 8]) { _ in }, Designs.make { $0.groups = 0 },
            Designs.make { $0.groups = 3 }, Designs.make { $0.condensationFactor = 5 },
            Designs.make { $0.condensationFactor = -4 }, Designs.make { $0.spatialGroups = 16 },
            Designs.make { $0.bottleneck = 0 }, Designs.make { $0.classes = 0 },
            Designs.make { $0.classes = 1 << 20 }, Designs.make { $0.classifierKeep = 0 },
            Designs.make { $0.classifierKeep = 1.01 }, Designs.make { $0.classifierKeep = .nan },
            Designs.make { $0.classifierKeep = 1e-9 }, Designs.make { $0.inputSize = 3 },
            Designs.make([1, 1, 1, 1], [8, 8, 8, 8]) { _ in }, Designs.make([4096, 1, 1], [65_536, 8, 8]) { _ in },
            Designs.make([2, 2, 2], [65_536, 65_536, 65_536]) { $0.inputSize = 16_384 },
            Designs.make { $0.bottleneck = .max }, Designs.make([.max, .max, .max]) { _ in },
            Designs.make { $0.inputSize = 16_384 }, Designs.make([1, 1, 1], [4, 4, 4]) { $0.inputSize = 4096 },
            Designs.make { $0.inputSize = 2048 },
        ]
        for design in unfit {
            #expect(throws: ConversionError.self, "\(design)") { try Architecture(design) }
        }
    }
}
