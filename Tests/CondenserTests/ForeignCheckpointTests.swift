import Checkpoint
import Foundation
import ModelFormat
import TestSupport
import Testing

@testable import Condenser

/// Checkpoints as people hold them: with wrappers, passengers, several sets of weights, other heads, other numbering.
struct ForeignCheckpointTests {
    private func convert(
        _ name: String, _ change: (inout Conversion.Options) -> Void = { _ in }
    ) throws -> Conversion {
        var options = Conversion.Options()
        change(&options)
        return try Conversion(path: Fixture.path("checkpoints/\(name)"), options: options)
    }

    private func refusal(_ name: String, _ change: (inout Conversion.Options) -> Void = { _ in }) -> String {
        do {
            _ = try convert(name, change)
            return "accepted"
        } catch {
            return "\(error)"
        }
    }

    static let accepted: [String] = [
        "02dropout.pth", "02fc.pth", "02plain.pth", "02seq_linear.pth", "block0.pth", "bytekeys.pth",
        "class_to_idx.pth",
        "cls1.pth", "deadlayer.pth", "ema_both.pth", "emamodel.pth", "fsdp.pth", "gper.pth", "gperc.pth", "layer0.pth",
        "lightnet.pth", "logit0_1.pth", "logit0_2.pth", "model_ema.pth", "netloss.pth", "nomask-weightzeros.pth",
        "omega.ckpt", "pathlib.pth", "sns.pth", "swa.pth", "thop.pth", "vgg_bn.pth",
    ]

    @Test(arguments: accepted) func isConvertedAndProven(name: String) throws {
        let verification = try convert(name).verify(inputs: 1)
        #expect(verification.passes, "\(verification.verdict)")
    }

    @Test func fineTunedClassifiersKeepEverything() throws {
        for name in ["02dropout.pth", "02fc.pth", "02plain.pth", "02seq_linear.pth"] {
            let conversion = try convert(name)
            #expect(conversion.network.keptFeatures == nil, "\(name)")
            #expect(conversion.network.source.classes == 5, "\(name)")
            #expect(try convert(name) { $0.classifierKeep = 0.5 }.network.keptFeatures?.count == 16, "\(name)")
        }
        #expect(refusal("02mlp.pth").contains("expected one linear layer behind the dense blocks, found 2"))
        #expect(refusal("02none.pth").contains("expected a linear layer behind the dense blocks"))
    }

    static let indices: [String] = ["idx0.pth", "idx0cls.pth", "idx0one.pth", "idxdup.pth", "idxdupc.pth"]

    @Test(arguments: indices) func indexThatWasNeverLoadedOrRepeats(name: String) {
        let expected = name.hasPrefix("idx0") ? "all zeros: it was never loaded" : "appears twice in one group"
        #expect(refusal(name).contains(expected), "\(name)")
    }

    static let named: [[String]] = [
        ["ema.pth", "a moving average of masks"], ["mask0count_s1.pth", "the mask is all zeros"],
        ["next.pth", "a CondenseNeXt"], ["hager.pth", "a CondenseNet of another code"],
        ["stem_4.pth", "reads 4 planes"],
        ["html.pth", "an HTML page"], ["lfs.pth", "a Git LFS pointer"], ["gz.pth.gz", "gzip"],
        ["m.npz", "a NumPy archive"],
        ["in.tar", "a tar archive of other files"], ["plain.pkl", "a plain pickle"],
        ["numpy-pickle.pkl", "a plain pickle"], ["ts.pt", "TorchScript"],
        ["zeropad_tail.pth", "an interrupted download"],
        ["studteach.pth", "--weights student"], ["twonets.pth", "--weights KEY takes one"],
    ]

    @Test(arguments: named) func isNamedAndRefused(example: [String]) {
        #expect(refusal(example[0]).contains(example[1]), "\(refusal(example[0]))")
    }

    @Test func weightsAreChosen() throws {
        for (name, key) in [
            ("ema_both.pth", "state_dict_ema"), ("emamodel.pth", "ema"), ("model_ema.pth", "model_ema"),
        ] {
            let usual = try convert(name)
            #expect(usual.remarks.contains { $0.contains("(--weights \(key) takes") }, "\(usual.remarks)")
            let other = try convert(name) { $0.weights = key }
            #expect(other.description.sample?.logits != usual.description.sample?.logits, "\(name)")
        }
        for name in ["studteach.pth", "twonets.pth"] {
            let one = try convert(name) { $0.weights = "student" }
            let other = try convert(name) { $0.weights = "teacher" }
            #expect(one.description.sample?.logits != other.description.sample?.logits, "\(name)")
        }
        #expect(refusal("emamodel.pth") { $0.weights = "none" }.contains("no weights under this key"))
    }

    @Test func greyStemReadsOnePlane() throws {
        let conversion = try convert("stem_1.pth") { $0.inference.allowUnpruned = true }
        #expect(conversion.warnings.contains { $0.contains("grey images") })
        #expect(conversion.description.graph.steps[0].inputChannels == 1)
        #expect(try conversion.verify(inputs: 1).passes)
    }

    @Test func groupsAndFactorsMayDifferByBlock() throws {
        for name in ["gper.pth", "gperc.pth"] {
            let architecture = try #require(try convert(name).network.architecture)
            let groups = Set(architecture.stages.map { Set($0.layers.map(\.pointwise.groups)) })
            #expect(groups.count > 1 && groups.allSatisfy { $0.count == 1 }, "\(name)")
        }
    }

    @Test func masksThatAreGoneAreReadFromTheWeights() throws {
        let conversion = try convert("nomask-weightzeros.pth")
        #expect(conversion.warnings.contains { $0.hasPrefix("no _mask:") })
        #expect(try #require(conversion.network.architecture).condensationFactor == 2)
    }

    @Test func firstStrideIsOneForCIFARAlone() throws {
        let large = try convert("stride64.pth") {
            $0.inference.inputSize = 64
            $0.inference.pooling = .global
        }
        #expect(large.network.architecture?.stem.stride == 2)
        #expect(large.warnings.contains { $0.hasPrefix("the stride of the first convolution is a guess: 2") })
        let stated = try convert("stride64.pth") {
            $0.inference.inputSize = 64
            $0.inference.pooling = .global
            $0.inference.stemStride = 1
        }
        #expect(stated.network.architecture?.stem.stride == 1)
        #expect(!stated.warnings.contains { $0.contains("is a guess: ") })
        #expect(refusal("b3c1000.pth").contains("cannot run at this size"))
    }

    @Test func classNamesOfTheCheckpoint() throws {
        #expect(try convert("class_to_idx.pth").description.labels == (0..<10).map { "my\($0)" })
        let assumed = try convert("block0.pth")
        #expect(assumed.description.labels[3] == "cat")
        #expect(assumed.warnings.contains { $0.hasPrefix("taken for cifar10") })
        let stated = try convert("block0.pth") { $0.preprocessing.dataset = .cifar10 }
        #expect(!stated.warnings.contains { $0.hasPrefix("taken for cifar10") })
    }

    @Test func labelsAsAPythonDictionary() throws {
        let path = Fixture.path("checkpoints/labels-as-python-dict.txt")
        let labels = try LabelFile.read(path, classes: 10)
        #expect(labels.count == 10 && labels[0] == "plane, plane thing" && labels[3] == "cat, cat thing")
        let folder = try TemporaryFolder()
        func read(_ text: String, _ classes: Int = 3) throws -> [String] {
            try LabelFile.read(try folder.write(text.utf8, to: "labels"), classes: classes)
        }
        #expect(try read("1: a\n2: b\n3: c\n") == ["a", "b", "c"])
        #expect(try read("2: c\n0: a\n1: b\n") == ["a", "b", "c"])
        #expect(try read("0\ta\n1\tb\n2\tc, too\n") == ["a", "b", "c, too"])
        #expect(try read("0,a\n1,b\n2,c\n") == ["a", "b", "c"])
        #expect(try read("1,000 things\nb\nc\n") == ["1,000 things", "b", "c"])
        #expect(try read("['a', \"b's\",\n 'c\\'s',]\n") == ["a", "b's", "c's"])
        #expect(try read(#"{"2": "c", "0": "a", "1": "b"}"#) == ["a", "b", "c"])
        #expect(try read("[x]\n{y}\nz\n") == ["[x]", "{y}", "z"])
        for text in [
            "0: a\nb\n2: c\n", "0: a\n0: b\n2: c\n", "0: a\n1: b\n3: c\n", "{0: 'a',\n1: 'b'\n", "['a', 'b', 'c'",
            "['a', b, 'c']", "{0: 'a', 0: 'b', 2: 'c'}", "{0: 'a', 1: 'b', 3: 'c'}",
            "['a', 'b', 'c'] d", "a\nb\nc\n\n\n",
        ] {
            #expect(throws: ConversionError.self, "\(text)") { try read(text) }
        }
    }

    @Test func imageNetsLabels() throws {
        #expect(Labels.imagenet.count == 1000 && Set(Labels.imagenet).count == 1000)
        #expect(Labels.imagenet[0] == "tench" && Labels.imagenet[999] == "toilet tissue")
        let path = Fixture.path("pytorchcv-g4/condensenet_small.pth.zip")
        let conversion = try Conversion(path: path)
        #expect(conversion.description.labels == Labels.imagenet)
        #expect(conversion.description.preprocessing.resize == 256)
    }

    /// Convolutions of one channel whose blocks ask for an input of 2048².
    @Test(arguments: ["vgg3.st", "vgg4.st"]) func costIsBoundedByTheFile(name: String) {
        let start = ContinuousClock.now
        #expect(refusal(name).contains("bytes to evaluate"))
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    /// Logits that cancel to almost nothing are compared with the terms that were summed; a wrong one still fails.
    @Test func outputsNearZero() throws {
        var verification = Verification(tolerance: 1e-5)
        let shape = PlaneShape(channels: 2, height: 1, width: 1)
        func layer(_ name: String) -> SourceEvaluator.LayerOutput {
            SourceEvaluator.LayerOutput(
                image: 0, name: name, shape: shape, values: [1e-7, -2e-7], magnitudes: [3, 4])
        }
        verification.compare(layer("near"), with: [1.2e-7, -1e-7])
        #expect(verification.passes)
        verification.compare(layer("wrong"), with: [1e-5, -2e-7])
        #expect(!verification.passes)
        var dead = Verification(tolerance: 1e-5)
        let zeros = SourceEvaluator.LayerOutput(image: 0, name: "dead", shape: shape, values: [0, 0])
        dead.compare(zeros, with: [0, 1e-36])
        #expect(dead.passes)
        dead.compare(zeros, with: [0, 1e-20])
        #expect(!dead.passes)
    }
}
