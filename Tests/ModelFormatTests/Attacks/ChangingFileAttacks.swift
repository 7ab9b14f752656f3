import Foundation
import Foundations
import ModelFormat
import TestSupport
import Testing

/// Class 11: files that change, shrink or vanish under us.
@Suite struct ChangingFileAttacks {
    /// A file of the system that claims a page and gives less.
    private static let shrinking = "/sys/devices/system/cpu/online"

    @Test(.enabled(if: FileManager.default.isReadableFile(atPath: shrinking)))
    func aFileThatEndsBeforeItsLength() throws {
        let found = try contents(Self.shrinking).count
        #expect(throws: FileError.shrank(path: Self.shrinking, expected: 4096, found: found)) {
            try FileInput.read(Self.shrinking, limit: 1 << 20)
        }
    }

    /// Whatever a load meets, it gives the whole model or an error.
    @Test func aFileThatIsCutAndMendedWhileItIsLoaded() async throws {
        let folder = try TemporaryFolder()
        let bytes = ForgedModel().bytes
        let path = try folder.write(bytes, to: "model")
        let whole = try ModelFile(bytes: bytes)
        let rounds = Emulation.isOn ? 300 : 3000
        let isDone = Flag()
        let vandal = Task.detached {
            var random = SplitMix64(seed: 11)
            let descriptor = open(path, O_WRONLY)
            defer { close(descriptor) }
            while !isDone.isSet {
                ftruncate(descriptor, off_t.random(in: 0..<off_t(bytes.count), using: &random))
                pwrite(descriptor, bytes, bytes.count, 0)
            }
        }
        for _ in 0..<rounds {
            do {
                let model = try ModelFile(path: path)
                #expect(model.checksum == whole.checksum && model.description == whole.description)
            } catch {
                #expect(error is ModelFormatError || error is FileError, "\(error)")
            }
        }
        isDone.set()
        await vandal.value
    }

    @Test func aLoadedModelOutlivesItsFile() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(ForgedModel().bytes, to: "model")
        let model = try ModelFile(path: path)
        let weights = Array(try ForgedModel().load().floats("stem.weight"))
        #expect(truncate(path, 0) == 0)
        #expect(try model.floats("stem.weight").elementsEqual(weights))
        #expect(unlink(path) == 0)
        #expect(try model.floats("stem.weight").elementsEqual(weights))
        #expect(try model.indices("last.index").count == 6)
    }
}

/// Set once by one thread, seen by another.
private final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false

    var isSet: Bool { lock.withLock { value } }

    func set() { lock.withLock { value = true } }
}
