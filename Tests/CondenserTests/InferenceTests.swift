import Checkpoint
import TestSupport
import Testing

@testable import Condenser

struct InferenceTests {
    @Test(arguments: Designs.all)
    func denseCheckpointGivesItsDesign(design: NetworkSpecification) throws {
        let synthetic = try SyntheticCheckpoint(design)
        let (found, warnings) = try Architecture.infer(from: try synthetic.load(), options: Designs.options(design))
        #expect(found == synthetic.architecture)
        // The original has no such sizes: its stride is a guess, and its pooling another.
        #expect(warnings.count == (design.inputSize == nil ? 0 : 2))
    }

    static let condensable = Designs.all.filter { $0.family != .densenet }

    @Test(arguments: condensable)
    func convertedCheckpointGivesItsDesign(design: NetworkSpecification) throws {
        let synthetic = try SyntheticCheckpoint(design)
        let (found, _) = try Architecture.infer(
            from: try synthetic.converted().load(), options: Designs.options(design))
        var expected = synthetic.architecture
        expected.form = .converted
        expected.classifier.kept = expected.classifier.features / 2
        expected.classifier.tensors = "classifier.linear"
        expected.classifier.index = "classifier.index"
        for stage in expected.stages.indices {
            for layer in expected.stages[stage].layers.indices {
                expected.stages[stage].layers[layer].pointwise.kind = .condensed
            }
            expected.stages[stage].transition?.kind = .condensed
        }
        #expect(found == expected)
    }

    /// Folder, layers of each block, growth, groups, condensation factor, input size, classes, convolutions in transitions.
    static let fixtures = TableRow.rows(
        """
        cifar10-g4              2-2-2      8-16-32      4  4   32    10  0
        imagenet-g8             1-1-2-1-1  8-8-8-16-16  8  8  224  1000  0
        cifar100-lgc-transitions 2-2-2     8-16-32      4  4   32   100  1
        cifar10-densenet        2-2-2      12-12-12     1  1   32    10  1
        fashion-mnist           6-6-6      8-16-32      4  4   32    10  0
        """)

    @Test(arguments: fixtures, ["dense", "converted"])
    func fixturesAreRecognised(expected: TableRow, form: String) throws {
        let checkpoint = try Checkpoint.load(path: Fixture.path("\(expected)/\(form).pth.tar"))
        let (found, warnings) = try Architecture.infer(from: checkpoint)
        #expect(warnings.isEmpty)
        #expect(found.form.rawValue == form)
        #expect(found.stages.map(\.layers.count) == expected[list: 1])
        #expect(found.stages.map(\.growth) == expected[list: 2])
        #expect(found.groups == expected[3])
        #expect(found.stages.allSatisfy { $0.layers.allSatisfy { $0.spatial.groups == expected[3] } })
        #expect(found.condensationFactor == expected[4])
        #expect(found.inputSize == expected[5])
        #expect(found.stem.stride == (expected[5] == 224 ? 2 : 1))
        #expect(found.classifier.classes == expected[6])
        #expect(found.stages.dropLast().allSatisfy { ($0.transition != nil) == (expected[7] == 1) })
        #expect(found.classifier.kept == (form == "dense" ? nil : found.classifier.features / 2))
    }

    @Test func masksAloneGiveTheFactorWithAWarning() throws {
        var synthetic = try SyntheticCheckpoint(Designs.make { ($0.groups, $0.condensationFactor) = (2, 4) })
        synthetic.tensors = synthetic.tensors.filter { !$0.key.hasSuffix("._stage") && !$0.key.hasSuffix("._count") }
        let (found, warnings) = try Architecture.infer(from: try synthetic.load())
        #expect(found == synthetic.architecture)
        #expect(warnings == ["no _stage and _count: the condensation factor follows from the masks alone"])
    }

    @Test func buffersWithoutDimensions() throws {
        var synthetic = try SyntheticCheckpoint(Designs.make { _ in })
        for name in synthetic.tensors.keys where name.hasSuffix("._stage") || name.hasSuffix("._count") {
            synthetic.tensors[name]!.shape = []
        }
        #expect(try Architecture.infer(from: try synthetic.load()).architecture == synthetic.architecture)
    }

    /// One layer whose groups happen to keep the same inputs says less about G than the others do.
    @Test func largestPeriodIsTheNumberOfGroups() throws {
        var synthetic = try SyntheticCheckpoint(Designs.make { _ in })
        let name = "features.denseblock_2.denselayer_1.conv_1._mask"
        let inputs = synthetic.tensors[name]!.shape[1]
        for output in 0..<synthetic.tensors[name]!.shape[0] {
            for input in 0..<inputs {
                synthetic.tensors[name]!.values[output * inputs + input] = input < inputs / 4 ? 1 : 0
            }
        }
        #expect(try Architecture.infer(from: try synthetic.load()).architecture == synthetic.architecture)
    }

    /// Every group has a single output, so that no mask repeats.
    @Test func asManyGroupsAsOutputs() throws {
        let design = Designs.make([2, 2, 2], [8, 8, 8]) { ($0.groups, $0.bottleneck) = (8, 1) }
        let synthetic = try SyntheticCheckpoint(design)
        #expect(try Architecture.infer(from: try synthetic.load()).architecture == synthetic.architecture)
    }

    @Test func unprunedIsRefusedUnlessAllowed() throws {
        var synthetic = try SyntheticCheckpoint(Designs.make { ($0.groups, $0.condensationFactor) = (1, 1) })
        for name in synthetic.tensors.keys where name.hasSuffix("._mask") {
            #expect(synthetic.tensors[name]!.values.allSatisfy { $0 == 1 })
        }
        let checkpoint = try synthetic.load()
        #expect(throws: ConversionError.self) { try Architecture.infer(from: checkpoint) }
        let allowed = Architecture.InferenceOptions(allowUnpruned: true)
        let found = try Architecture.infer(from: checkpoint, options: allowed).architecture
        #expect(found == synthetic.architecture)
        #expect(found.pointwise.allSatisfy { $0.gathered == nil })

        synthetic.tensors = synthetic.tensors.filter { !$0.key.hasSuffix("._stage") && !$0.key.hasSuffix("._count") }
        let bare = try synthetic.load()
        #expect(throws: ConversionError.self) { try Architecture.infer(from: bare) }
        #expect(try Architecture.infer(from: bare, options: allowed).architecture == synthetic.architecture)
    }

    @Test func names() throws {
        #expect(try SyntheticCheckpoint(Designs.all[0]).architecture.name == "CondenseNet-14")
        #expect(try SyntheticCheckpoint(Designs.all[13]).architecture.name == "DenseNet-LGC-16")
        #expect(try SyntheticCheckpoint(Designs.all[15]).architecture.name == "DenseNet-16")
    }
}

struct InputGeometryTests {
    struct Case: Sendable {
        let blocks: Int
        let inputSize: Int?
        let dataset: Dataset?
        let size: Int
        let stride: Int

        init(_ blocks: Int, _ inputSize: Int?, _ dataset: Dataset?, _ size: Int, _ stride: Int) {
            (self.blocks, self.inputSize, self.dataset) = (blocks, inputSize, dataset)
            (self.size, self.stride) = (size, stride)
        }
    }

    static let cases = [
        Case(3, nil, nil, 32, 1), Case(5, nil, nil, 224, 2), Case(3, nil, .imagenet, 224, 2),
        Case(5, nil, .cifar100, 32, 1), Case(4, nil, .fashionMNIST, 32, 1), Case(3, 64, nil, 64, 2),
        Case(5, 192, nil, 192, 2), Case(4, 32, nil, 32, 2), Case(4, 224, nil, 224, 2), Case(4, 112, nil, 112, 2),
        Case(2, 48, nil, 48, 2), Case(3, 224, nil, 224, 2), Case(3, 96, .imagenet, 96, 2),
    ]

    @Test(arguments: cases) func sizeAndStride(example: Case) throws {
        let found = try InputGeometry(
            blocks: example.blocks, classes: 10,
            Architecture.InferenceOptions(inputSize: example.inputSize, dataset: example.dataset))
        #expect(found.size == example.size)
        #expect(found.stemStride == example.stride)
    }

    @Test func planesHalveAndRoundDown() throws {
        func sides(_ blocks: Int, _ inputSize: Int?, stemStride: Int? = nil) throws -> [Int] {
            let options = Architecture.InferenceOptions(inputSize: inputSize, stemStride: stemStride)
            return try InputGeometry(blocks: blocks, classes: 10, options).sides(blocks: blocks)
        }
        #expect(try sides(3, 30, stemStride: 1) == [30, 15, 7])
        #expect(try sides(5, nil) == [112, 56, 28, 14, 7])
        #expect(try sides(5, 225) == [113, 56, 28, 14, 7])
    }

    @Test(arguments: [1, 2, 4, 6]) func otherBlocksNeedAnOption(blocks: Int) {
        #expect(throws: ConversionError.self) { try InputGeometry(blocks: blocks, classes: 10) }
    }

    @Test(arguments: [-1, 0, 3, 16_385, Int.max]) func impossibleSizes(size: Int) {
        #expect(throws: ConversionError.self) {
            let options = Architecture.InferenceOptions(inputSize: size)
            return try InputGeometry(blocks: 3, classes: 10, options).sides(blocks: 3)
        }
    }
}
