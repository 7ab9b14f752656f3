import Foundations
import Checkpoint
import Foundation
import TestSupport
import Testing

/// Random damage: a checkpoint either loads, and then every element can be read, or is refused with a
/// ``CheckpointError``. A trap would end the whole test process, so the seed is printed before anything is damaged.
///
/// `CONDENSENET_SEED` repeats a run, `CONDENSENET_MUTATIONS` makes it longer.
@Suite struct MutationTests {
    @Test(arguments: TinyCheckpoint.all) func mutatedFiles(_ container: Checkpoint.Container, _ whole: [UInt8]) {
        mutate(whole, "a file in \(container.rawValue)") { $0 }
    }

    /// Damage behind a correct checksum, which would stop most of it.
    @Test func mutatedPickles() {
        let pickle = TinyCheckpoint.zip.entries[0].data
        mutate(pickle, "a pickle in zip") { TinyCheckpoint.zip(pickle: $0).bytes }
    }

    @Test func mutatedDeflate() {
        let pickle = TinyCheckpoint.zip.entries[0].data
        mutate(Deflate.stored(pickle), "a deflated pickle in zip") { deflated in
            var zip = TinyCheckpoint.zip
            zip.entries[0] = .init("net/data.pkl", deflated: deflated, of: pickle)
            return zip.bytes
        }
    }

    @Test(arguments: [
        "cifar10-g4/converted.pth.tar", "cifar10-g4/converted-legacy.pth.tar", "cifar10-g4/converted-torch03.pth.tar",
        "checkpoint-variants/views-tar.pth", "checkpoint-variants/training-stacked-protocol1.pth",
        "checkpoint-variants/training-stacked-protocol5.pth", "checkpoint-variants/all.safetensors",
    ]) func mutatedFixtures(_ name: String) throws {
        mutate(try Fixture.bytes(name), name, rounds: 400) { $0 }
    }

    private func mutate(_ original: [UInt8], _ what: String, rounds: Int = 4000, wrap: ([UInt8]) -> [UInt8]) {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["CONDENSENET_SEED"].flatMap(UInt64.init) ?? 20_180_618
        let rounds = environment["CONDENSENET_MUTATIONS"].flatMap(Int.init) ?? rounds
        print("mutations of \(what): seed \(seed), \(rounds) rounds")
        var loaded = 0
        for round in 0..<rounds {
            var generator = SplitMix64(seed: seed &+ UInt64(round))
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) { damage(&bytes, &generator) }
            do {
                try load(wrap(bytes))
                loaded += 1
            } catch is CheckpointError {
            } catch {
                Issue.record("seed \(seed), round \(round) of \(what): \(error)")
            }
        }
        #expect(loaded < rounds, "seed \(seed): no damage to \(what) was noticed")
    }

    /// Values at which lengths, counts and indices turn.
    private static let edges: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF]

    private func damage(_ bytes: inout [UInt8], _ generator: inout SplitMix64) {
        guard !bytes.isEmpty else { return }
        // Half of the damage goes to the start of a large file, where its structure is.
        let end = Bool.random(using: &generator) ? bytes.count : min(bytes.count, 20_000)
        let index = Int.random(in: 0..<end, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
        case 2: bytes[index] = Self.edges.randomElement(using: &generator)!
        case 3: bytes.remove(at: index)
        case 4: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: index)
        default:
            // A run of edge values, over a whole length or offset.
            let edge = Self.edges.randomElement(using: &generator)!
            for position in index..<min(index + 8, bytes.count) { bytes[position] = edge }
        }
    }
}
