import Foundation
import TestSupport
import Testing

@testable import Foundations

@Suite struct GzipFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A gzip file of `content` in stored blocks and zeros, compressed by zlib's own program.
    private func compressed(_ content: [UInt8]) throws -> String {
        let plain = try folder.write(content, to: "plain")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-kf", plain]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return plain + ".gz"
    }

    private func read(_ path: String, limit: Int = 1 << 30, wanted: Int = .max) throws -> [UInt8] {
        try GzipFile.read(path, limit: limit, wanted: { _ in wanted }).withUnsafeBytes(Array.init)
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 300_000])
    func contentComesBack(count: Int) throws {
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        let path = try compressed(content)
        #expect(try read(path) == content)
        #expect(try read(folder.path("plain")) == content)
        if count < 300_000 { #expect(try read(path, limit: max(count, 80_000)) == content) }
    }

    /// What follows the bytes that the caller wants is not inflated, but for one byte that shows that there is more.
    @Test func noMoreThanIsWanted() throws {
        let path = try compressed([UInt8](repeating: 7, count: 500_000))
        #expect(try read(path, wanted: 100_000).count == 100_001)
        #expect(try read(path, wanted: 500_000).count == 500_000)
    }

    /// 32 MiB of zeros are 32 KiB of gzip data: a thousandfold.
    @Test func zerosBeyondTheRatio() throws {
        let path = try compressed([UInt8](repeating: 0, count: 32 << 20))
        #expect(throws: GzipError.self) { try read(path) }
    }

    @Test func damage() throws {
        let path = try compressed((0..<10_000).map { UInt8(truncatingIfNeeded: $0 / 3) })
        let bytes = try FileInput.read(path, limit: 1 << 20).withUnsafeBytes(Array.init)
        let cut = try folder.write(Array(bytes.dropLast(9)), to: "cut.gz")
        #expect(throws: GzipError.damaged(path: cut, reason: "the gzip data end early")) { try read(cut) }
        var flipped = bytes
        flipped[bytes.count - 6] ^= 1
        let damaged = try folder.write(flipped, to: "flipped.gz")
        #expect(throws: GzipError.damaged(path: damaged, reason: "the gzip data are damaged")) { try read(damaged) }
        let more = try folder.write(bytes + [1], to: "more.gz")
        #expect(throws: GzipError.trailingBytes(path: more)) { try read(more) }
        #expect(try read(folder.write(bytes + bytes + [0, 0], to: "two.gz")).count == 20_000)
    }
}
