import Foundation
import Foundations
import ImageInput
import ModelFormat
import TestSupport
import Testing

@testable import CondenseNet

/// Long use in one process: answers keep their bits and memory stays flat.
///
/// `CONDENSENET_ENDURANCE=1` runs a hundred thousand inferences and twenty thousand images; without it, one in a hundred,
/// and under emulation one in a thousand. Memory is measured in the long run alone: in a short one, beside other tests, only
/// a leak of megabytes a round would show.
@Suite("Endurance", .serialized)
struct EnduranceTests {
    private static let isLong = ProcessInfo.processInfo.environment["CONDENSENET_ENDURANCE"] == "1"
    /// Of how many rounds one is run.
    private static let share = isLong ? 1 : Emulation.isOn ? 1_000 : 100
    private static let inferences = 100_000 / share
    private static let images = 20_000 / share
    private static let loads = max(10, 1_000 / share)
    /// Room for the allocator's own habits.
    private static let allowedGrowth = 4 << 20

    private static func path(_ name: String) -> String { Fixture.root.appendingPathComponent(name).path }

    /// Bytes of this process in memory.
    private func residentBytes() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(fields[1])) * sysconf(Int32(_SC_PAGESIZE))
    }

    /// Runs `body` for each round; a long run expects memory to be flat after the first tenth.
    private func expectFlat(_ name: String, rounds: Int, _ body: (Int) throws -> Void) throws {
        var settled = 0
        for round in 0..<rounds {
            if round == rounds / 10 { settled = try residentBytes() }
            try body(round)
        }
        guard Self.isLong else { return }
        let growth = try residentBytes() - settled
        print("\(name): \(rounds) rounds, \(settled >> 10) KiB after a tenth, \(growth >> 10) KiB more at the end")
        #expect(growth <= Self.allowedGrowth, "\(name): \(growth) bytes more than after a tenth of \(rounds) rounds")
    }

    @Test("inferences") func inferences() throws {
        let model = try Model(path: Self.path("models/fashion-mnist.safetensors"))
        let plan = try ExecutionPlan(model)
        let session = try Session(plan: plan)
        let inputs = try (0..<16).map { try SampleAnswers.input(model.description.inputShape, seed: $0) }
        let expected = try inputs.map { try session.logits($0) }
        try #require(Set(expected).count == inputs.count)
        try expectFlat("inferences", rounds: Self.inferences) { round in
            let logits = try session.logits(inputs[round % 16])
            if logits != expected[round % 16] { Issue.record("inference \(round) differs") }
        }
    }

    @Test("good and bad images") func mixedImages() throws {
        let classifier = try Classifier(path: Self.path("models/fashion-mnist.safetensors"))
        let folder = URL(fileURLWithPath: Fixture.path("image-formats"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let good = try names.filter { !$0.hasSuffix(".npy") && !$0.hasSuffix(".py") }.map {
            [UInt8](try Data(contentsOf: folder.appendingPathComponent($0)))
        }
        try #require(good.count > 20)
        let expected = try good.map { try classifier.classify(try RGBImage.decode(bytes: $0, name: "good"), top: 3) }
        var generator = SplitMix64(seed: 2018)
        var refused = 0
        try expectFlat("images", rounds: Self.images) { round in
            var bytes = good[round % good.count]
            if round % 2 == 0 {
                let image = try RGBImage.decode(bytes: bytes, name: "good")
                if try classifier.classify(image, top: 3) != expected[round % good.count] {
                    Issue.record("image \(round) differs")
                }
                return
            }
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if round % 4 == 1 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
            do {
                _ = try classifier.classify(try RGBImage.decode(bytes: bytes, name: "bad"), top: 3)
            } catch is ImageError {
                refused += 1
            }
        }
        #expect(refused > Self.images / 8)
    }

    @Test("loading and unloading") func loading() throws {
        let path = Self.path("models/fashion-mnist.safetensors")
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        try expectFlat("loads", rounds: Self.loads) { round in
            if round % 2 == 0 {
                _ = try Classifier(path: path, threads: 1 + round % 3)
            } else {
                var damaged = bytes
                damaged[(round * 7919) % bytes.count] ^= 1
                do {
                    _ = try ModelFile(bytes: damaged)
                    Issue.record("a damaged file was taken, round \(round)")
                } catch {
                    #expect((error as? any CategorizedError)?.category == .badData, "\(error)")
                }
            }
        }
    }

    @Test("eight sessions at once over one plan") func concurrentSessions() async throws {
        let model = try Model(path: Self.path("models/fashion-mnist.safetensors"))
        let plan = try ExecutionPlan(model)
        let inputs = try (0..<8).map { try SampleAnswers.input(model.description.inputShape, seed: $0) }
        let expected = try inputs.map { try Session(plan: plan).logits($0) }
        let rounds = Self.isLong ? 1_000 : Emulation.isOn ? 5 : 20
        let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
            for member in 0..<8 {
                group.addTask {
                    let session = try Session(plan: plan, threads: 1 + member % 3)
                    return try (0..<rounds).filter { round in
                        let choice = (member + round) % 8
                        return try session.logits(inputs[choice]) != expected[choice]
                    }.count
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }
}
