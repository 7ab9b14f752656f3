import Checkpoint
import Foundation
import TestSupport
import Testing

/// Files that end too early. Safety class 1.
@Suite struct TruncationTests {
    @Test(arguments: TinyCheckpoint.all) func everyPrefixIsRefused(
        _ container: Checkpoint.Container, _ whole: [UInt8]
    ) throws {
        #expect(try load(whole).container == container)
        for count in whole.indices {
            #expect(throws: CheckpointError.self, "\(container.rawValue) cut to \(count) of \(whole.count) bytes") {
                try load(Array(whole.prefix(count)))
            }
        }
    }

    @Test(arguments: [
        "cifar10-g4/converted.pth.tar", "cifar10-g4/converted-legacy.pth.tar", "cifar10-g4/converted-torch03.pth.tar",
    ]) func prefixesOfFixturesAreRefused(_ name: String) throws {
        let whole = try Fixture.bytes(name)
        for count in stride(from: 0, to: whole.count, by: 1499) {
            #expect(throws: CheckpointError.self, "\(name) cut to \(count) of \(whole.count) bytes") {
                try load(Array(whole.prefix(count)))
            }
        }
    }
}
