import Foundations
import TestSupport
import Testing

@testable import ModelFormat

/// Thousands of damaged headers under a right checksum: loading throws, or gives a model that is proven.
@Suite struct MutationCampaign {
    private static let seed: UInt64 = 2018

    /// One of three files, which together hold every operation and every type of element.
    private static func file(_ trial: Int) -> ForgedModel {
        switch trial % 3 {
        case 0: ForgedModel()
        case 1: ForgedModel(TinyModel.reactivated)
        default: ForgedModel(TinyModel.quantized, isQuantized: true)
        }
    }

    /// Changes of the header's JSON, one to three at a time.
    @Test func mutatedJSON() {
        var outcomes = Outcomes()
        for trial in (0..<6000).sampledUnderEmulation() {
            let seed = Self.seed &+ UInt64(trial)
            var mutator = Mutator(seed: seed)
            var forged = Self.file(trial)
            for _ in 0..<Int.random(in: 1...3, using: &mutator.random) { mutator.mutate(&forged) }
            outcomes.record(forged.bytes, "seed \(seed)")
        }
        outcomes.expectBothKinds()
    }

    /// Changes of the header's bytes: flipped bits, copied and removed runs.
    @Test func mutatedText() {
        var outcomes = Outcomes()
        for trial in (0..<4000).sampledUnderEmulation(1000) {
            let seed = Self.seed &+ UInt64(trial)
            var random = SplitMix64(seed: seed)
            var forged = Self.file(trial)
            forged.editHeader = { text in
                for _ in 0..<Int.random(in: 1...2, using: &random) {
                    let start = Int.random(in: 43..<text.count, using: &random)
                    let run = start..<min(start + Int.random(in: 1...40, using: &random), text.count)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: text[start] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    case 1: text[start] = "0123456789\"\\{}[],:-.e ".utf8.randomElement(using: &random)!
                    case 2: text.insert(contentsOf: text[run], at: Int.random(in: 43..<text.count, using: &random))
                    default: text.removeSubrange(run)
                    }
                }
            }
            outcomes.record(forged.bytes, "seed \(seed)")
        }
        outcomes.expectBothKinds()
    }

    /// Any bytes behind a right header length and checksum, and any bytes at all.
    @Test func noise() {
        var random = SplitMix64(seed: Self.seed)
        for _ in 0..<(Emulation.isOn ? 200 : 2000) {
            let noise = (0..<Int.random(in: 0..<400, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            #expect(throws: (any Error).self) { try ModelFile(bytes: noise) }
            let start = Array("\(Checksum.prefix)00000000\"".utf8)
            let text = start + noise + [UInt8](repeating: 32, count: 63 - (8 + start.count + noise.count + 63) % 64)
            let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
            #expect(throws: (any Error).self) { try ModelFile(bytes: ForgedModel.sealed(length + text)) }
        }
    }
}

/// What came of the files of a campaign.
private struct Outcomes {
    private var loaded = 0
    private var refused = 0

    /// Loads `file`; a model that loads must be one whose every tensor can be read.
    mutating func record(_ file: [UInt8], _ trial: String) {
        do {
            let model = try ModelFile(bytes: file)
            loaded += 1
            #expect(try model.description.validate() == model.multiplyAccumulates, "\(trial)")
            for step in model.description.graph.steps { _ = model.description.graph.shapes(of: step) }
            for tensor in model.description.tensors {
                if tensor.elements == .bytes {
                    #expect(try model.bytes(tensor.name).count == tensor.count, "\(trial)")
                } else if tensor.role.isIndex {
                    let indices = try model.indices(tensor.name)
                    #expect(indices.count == tensor.count, "\(trial)")
                    #expect(indices.allSatisfy { tensor.channels.contains(Int($0)) }, "\(trial)")
                } else {
                    let floats = try model.floats(tensor.name)
                    #expect(floats.count == tensor.count && floats.allSatisfy(\.isFinite), "\(trial)")
                }
            }
        } catch let error as any CategorizedError {
            refused += 1
            #expect(error.description.isPrintable && error.description.utf8.count < 2000, "\(trial): \(error)")
        } catch {
            Issue.record("\(trial): \(error)")
        }
    }

    /// A campaign that loads everything or nothing tests nothing.
    func expectBothKinds() {
        let trials = loaded + refused
        #expect(loaded > trials / 2000, "\(loaded) loaded")
        #expect(refused > trials / 4, "\(refused) refused")
    }
}

/// Makes seeded changes to a model's JSON.
private struct Mutator {
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Numbers at the edges of the format and of the machine, words of the format, and misfits.
    private static let values: [JSONValue] = integers.map(JSONValue.integer) + words.map(JSONValue.string) + misfits

    private static let integers: [Int] = [
        0, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 64, 65, 255, 256, 4096, 4097, 16_384, 16_385, 65_536, 65_537, 1 << 30,
        1 << 31, 1 << 32, 1 << 37, 1 << 62, .max, .min,
    ]

    private static let words: [String] = [
        "", "x", "image", "block", "bottleneck", "pooled", "maxima", "sum", "features", "logits", "stem", "classifier",
        "convolution", "linear", "addition", "averagePooling", "globalAveragePooling", "F16", "I32", "I8", "int8",
        "BGR",
        "\u{1B}[0m", "é", String(repeating: "n", count: 300),
    ]

    private static let misfits: [JSONValue] = [
        .number(0x1p63), .number(0.5), .number(-0.0), .number(1e308), .null, .bool(true), .bool(false), .array([]),
        .array([.array([])]), .array([.integer(1), .integer(2)]), .object([]), ["name": "x"],
    ]

    mutating func mutate(_ forged: inout ForgedModel) {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: mutate(&forged.metadata, depth: 0)
        case 1: forged.tensors.swapAt(tensor(forged), tensor(forged))
        case 2: forged.tensors.remove(at: tensor(forged))
        case 3: forged.tensors.append(forged.tensors[tensor(forged)])
        case 4:
            let name = forged.tensors[tensor(forged)].name
            forged.tensors[tensor(forged)].name = name
        case 5: forged.trailing = [0]
        case 6...8: mutate(&forged.tensors[tensor(forged)].header, depth: 0)
        case 9...11:
            let name = ["preprocessing", "labels", "provenance", "sample"].randomElement(using: &random)!
            mutate(&forged[name], depth: 0)
        default: mutate(&forged["graph"], depth: 0)
        }
    }

    private mutating func tensor(_ forged: ForgedModel) -> Int {
        Int.random(in: forged.tensors.indices, using: &random)
    }

    /// Walks to a random place and changes what is there.
    private mutating func mutate(_ value: inout JSONValue, depth: Int) {
        let isLeaf = value.members.isEmpty && value.elements.isEmpty
        if isLeaf || (depth > 0 && Int.random(in: 0..<4, using: &random) == 0) {
            change(&value)
        } else if !value.members.isEmpty {
            let position = Int.random(in: value.members.indices, using: &random)
            let member = value.members[position]
            switch Int.random(in: 0..<12, using: &random) {
            case 0: value.members.remove(at: position)
            case 1: value.members.append(member)
            case 2: value.members[position] = .init("other", member.value)
            case 3: value.members.swapAt(position, 0)
            default:
                var changed = member.value
                mutate(&changed, depth: depth + 1)
                value.members[position] = .init(member.name, changed)
            }
        } else {
            let position = Int.random(in: value.elements.indices, using: &random)
            switch Int.random(in: 0..<12, using: &random) {
            case 0: value.elements.remove(at: position)
            case 1: value.elements.append(value.elements[position])
            case 2: value.elements.swapAt(position, 0)
            default: mutate(&value.elements[position], depth: depth + 1)
            }
        }
    }

    private mutating func change(_ value: inout JSONValue) {
        if case .integer(let integer) = value, Bool.random(using: &random) {
            value = .integer(integer &+ Int.random(in: -4...4, using: &random))
        } else {
            value = Self.values.randomElement(using: &random)!
        }
    }
}
