import ModelFormat
import Testing

@testable import Condenser

struct PreprocessingTests {
    private func resolve(
        _ design: NetworkSpecification, _ change: (inout PreprocessingOptions) -> Void = { _ in }
    ) throws -> PreprocessingOptions.Resolution {
        var options = PreprocessingOptions()
        change(&options)
        return try options.resolve(try Architecture(design))
    }

    private let cifar10 = Designs.make { $0.classes = 10 }
    private let cifar100 = Designs.make { $0.classes = 100 }
    private let imageNet = Designs.make([1, 1, 1, 1, 1], [8, 8, 8, 8, 8]) { $0.classes = 37 }

    @Test func dataSetFollowsFromSizeAndClasses() throws {
        let ten = try resolve(cifar10)
        #expect(ten.dataset == .cifar10 && ten.isAssumed && ten.warnings.isEmpty)
        #expect(ten.preprocessing.mean == [0.4914, 0.4824, 0.4467])
        #expect(ten.preprocessing.std == [0.2471, 0.2435, 0.2616])
        #expect(ten.preprocessing.crop == 32 && ten.labels.count == 10)
        let hundred = try resolve(cifar100)
        #expect(hundred.dataset == .cifar100)
        #expect(hundred.preprocessing.mean == [0.5071, 0.4867, 0.4408])
        #expect(hundred.preprocessing.std == [0.2675, 0.2565, 0.2761])
        #expect(hundred.labels.count == 100)
        let photographs = try resolve(imageNet)
        #expect(
            photographs.preprocessing
                == Preprocessing(resize: 256, crop: 224, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]))
        #expect(photographs.labels.isEmpty)
        #expect(
            photographs.warnings == ["imagenet has 1000 classes, the network 37: its labels are left out"])
    }

    @Test func unknownDataSetIsIdentityWithAWarning() throws {
        let found = try resolve(Designs.make { $0.classes = 7 })
        #expect(found.preprocessing == Preprocessing(resize: nil, crop: nil, mean: [0, 0, 0], std: [1, 1, 1]))
        #expect(found.dataset == nil && found.warnings.count == 1)
        let stated = try resolve(Designs.make { $0.classes = 7 }) {
            $0.mean = [0.1, 0.2, 0.3]
            $0.std = [1, 0.5, 0.25]
        }
        #expect(stated.warnings.isEmpty)
    }

    @Test func fashionMNIST() throws {
        let found = try resolve(cifar10) { $0.dataset = .fashionMNIST }
        #expect(
            found.preprocessing
                == Preprocessing(resize: nil, crop: 32, mean: [0.286, 0.286, 0.286], std: [0.353, 0.353, 0.353]))
        #expect(found.labels.first == "T-shirt/top" && found.labels.last == "Ankle boot" && !found.isAssumed)
    }

    @Test func labelsOfAnotherNumberOfClassesAreLeftOut() throws {
        let found = try resolve(cifar100) { $0.dataset = .cifar10 }
        #expect(found.labels.isEmpty && found.warnings.count == 1)
        #expect(found.preprocessing.mean == [0.4914, 0.4824, 0.4467])
    }

    @Test func otherInputSizesKeepTheProportion() throws {
        let small = Designs.make([1, 1, 1, 1, 1], [8, 8, 8, 8, 8]) { $0.inputSize = 192 }
        let found = try resolve(small) { $0.dataset = .imagenet }
        #expect(found.preprocessing.resize == 219 && found.preprocessing.crop == 192)
        _ = try ModelDescription.architecture(small)
    }

    @Test func userHasTheLastWord() throws {
        let found = try resolve(imageNet) {
            $0.resize = 240
            $0.crop = 224
            $0.mean = [0.5, 0.25, 0.125]
            $0.std = [0.1, 0.2, 0.3]
        }
        #expect(
            found.preprocessing
                == Preprocessing(resize: 240, crop: 224, mean: [0.5, 0.25, 0.125], std: [0.1, 0.2, 0.3]))
    }

    @Test func unfitOptions() {
        let changes: [(inout PreprocessingOptions) -> Void] = [
            { $0.resize = 0 }, { $0.resize = -5 }, { $0.resize = 1 << 20 }, { $0.crop = 28 }, { $0.crop = 0 },
            { $0.mean = [0.5] }, { $0.mean = [1, 2, 3, 4] }, { $0.mean = [1, .nan, 2] }, { $0.std = [1, 0, 1] },
            { $0.std = [1, -1, 1] }, { $0.std = [1, .infinity, 1] }, { $0.std = [] },
        ]
        for (position, change) in changes.enumerated() {
            #expect(throws: ConversionError.self, "\(position)") { try resolve(cifar10, change) }
        }
    }

    @Test func builtInLabels() {
        for dataset in Dataset.allCases where !dataset.labels.isEmpty {
            #expect(dataset.labels.count == dataset.classes)
            #expect(Set(dataset.labels).count == dataset.classes)
        }
        #expect(Labels.cifar100 == Labels.cifar100.sorted())
        #expect(Labels.cifar10 == Labels.cifar10.sorted())
    }
}
