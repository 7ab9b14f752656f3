import Foundations
import ModelFormat
import TestSupport
import Testing

/// Class 10: damage. Nothing here makes the checksum right again.
@Suite struct BitFlipAttacks {
    private let bytes = ForgedModel().bytes
    private var dataStart: Int { 8 + Int(bytes[0]) + Int(bytes[1]) << 8 }

    private func refusal(_ bytes: [UInt8]) -> (any CategorizedError)? {
        do {
            _ = try ModelFile(bytes: bytes)
            return nil
        } catch { return error as? any CategorizedError }
    }

    @Test func everyBitOfTheHeader() {
        var file = bytes
        for position in (0..<dataStart).sampledUnderEmulation(100) {
            for bit in 0..<8 {
                file[position] ^= 1 << bit
                if refusal(file) == nil { Issue.record("byte \(position), bit \(bit): loaded") }
                file[position] ^= 1 << bit
            }
        }
        #expect(refusal(file) == nil)
    }

    /// One to three bits at a time, which CRC-32 always sees at this length.
    @Test func tenThousandFlipsInTheData() {
        let seed: UInt64 = 10
        var random = SplitMix64(seed: seed)
        let stored = String(decoding: bytes[34..<42], as: UTF8.self)
        var file = bytes
        for trial in 0..<(Emulation.isOn ? 1000 : 10_000) {
            let positions = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                (
                    Int.random(in: dataStart..<bytes.count, using: &random),
                    UInt8(1) << UInt8.random(in: 0..<8, using: &random)
                )
            }
            for (position, bit) in positions { file[position] ^= bit }
            guard file != bytes else { continue }
            switch refusal(file) as? ModelFormatError {
            case .checksum(stored, let computed) where computed != stored: break
            case let other: Issue.record("seed \(seed), trial \(trial), \(positions): \(String(describing: other))")
            }
            for (position, bit) in positions { file[position] ^= bit }
        }
    }

    @Test func swappedAndZeroedBytes() {
        let stored = String(decoding: bytes[34..<42], as: UTF8.self)
        for start in Array(stride(from: dataStart, to: bytes.count - 8, by: 7)).sampledUnderEmulation() {
            var swapped = bytes
            swapped.swapAt(start, start + 5)
            var zeroed = bytes
            zeroed.replaceSubrange(start..<(start + 8), with: repeatElement(0, count: 8))
            for file in [swapped, zeroed] where file != bytes {
                guard case .checksum(stored, _) = refusal(file) as? ModelFormatError else {
                    Issue.record("at \(start): not caught")
                    continue
                }
            }
        }
    }

    @Test(arguments: ["00000000", "ffffffff", "        ", "0x123456"])
    func aChecksumThatIsMadeUp(digits: String) {
        var forged = ForgedModel()
        let right = String(decoding: bytes[34..<42], as: UTF8.self)
        forged.checksum = digits
        expect(.checksum(stored: digits, computed: right), loading: forged)
        forged.checksum = right.uppercased()
        if right != right.uppercased() {
            expect(.checksum(stored: right.uppercased(), computed: right), loading: forged)
        }
    }
}
