import Foundation
import Glibc
import TestSupport
import Testing

/// Class 11, seen from outside: files that are cut, damaged or removed while a program reads or runs them.
@Suite(.serialized) struct ChangingFileAttacks {
    @Test func aModelThatChangesUnderneath() throws {
        let folder = try TemporaryFolder()
        let bytes = try Fixture.bytes("models/cifar10-g4.safetensors")
        let start = Date()
        let expected = try Program.run("condensenet", ["verify", Attack.smallModel])
        let duration = Date().timeIntervalSince(start)
        Attack.expect(expected, code: 0)
        var codes: [Int32: Int] = [:]
        // The change comes at a moment of its own in each round, from the start to the end of a run.
        for round in 0..<60 {
            let path = try folder.write(bytes, to: "model")
            let program = try Program.start("condensenet", ["verify", path])
            Thread.sleep(forTimeInterval: duration * Double(round) / 60)
            switch round % 3 {
            case 0: truncate(path, off_t(bytes.count / 2))
            case 1: unlink(path)
            default:
                let descriptor = open(path, O_WRONLY)
                pwrite(descriptor, [0xFF, 0xFF, 0xFF, 0xFF], 4, off_t(bytes.count - 400))
                close(descriptor)
            }
            let result = program.wait()
            codes[result.code, default: 0] += 1
            switch result.code {
            case 0: #expect(result.output == expected.output)
            case 65, 66: Attack.expect(result, code: result.code, path)
            default: Issue.record("round \(round): exit code \(result.code), \(result.diagnostics)")
            }
        }
        #expect(codes.count > 1, "\(codes): every change came too early or too late")
    }

    @Test func imagesThatVanishBetweenOthers() throws {
        let folder = try TemporaryFolder()
        let image = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Attack.image)))
        let whole = try folder.write(image, to: "whole.png")
        let cut = try folder.write(image.prefix(image.count / 2), to: "cut.png")
        let result = try Program.run(
            "condensenet", ["classify", Attack.model, whole, folder.path("gone.png"), cut, whole, "--top", "1"])
        #expect(result.code == 66)
        #expect(result.diagnostics.split(separator: "\n").count == 2, "\(result.diagnostics)")
        #expect(result.output.split(separator: "\n").filter { $0.contains("whole.png") }.count == 2)
    }
}
