import CondenseNet
import ModelFormat

/// A model or architecture file: refused, or planned and run once when that is small enough.
///
/// The checksum would stop nearly every mutation at the door, so each input is also tried under a right one.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var bytes = Array(UnsafeBufferPointer(start: start, count: count))
    run(bytes)
    if repairChecksum(&bytes) { run(bytes) }
    return 0
}

private func run(_ bytes: [UInt8]) {
    guard bytes.withUnsafeBytes({ ArchitectureFile.recognizes($0) }) else {
        return run { Model(try ModelFile(bytes: bytes)) }
    }
    for precision in [Precision.f32, .int8] {
        run {
            try Model(
                architecture: try bytes.withUnsafeBytes { try ArchitectureFile.parse($0) }, seed: 1,
                precision: precision)
        }
    }
}

private func run(_ load: () throws -> Model) {
    do {
        let model = try load()
        let graph = model.description.graph
        let elements = graph.values.reduce(0) { $0 + $1.shape.count } + graph.tensors.reduce(0) { $0 + $1.count }
        guard model.multiplyAccumulates < 1 << 20, elements < 1 << 18 else { return }
        let session = try Session(plan: try ExecutionPlan(model))
        let input = [Float](repeating: 0.5, count: model.description.inputShape.count)
        let logits = try session.logits(input)
        let again = try session.logits(input)
        // Bits, since logits may be no numbers.
        precondition(logits.map(\.bitPattern) == again.map(\.bitPattern), "two runs differ")
        _ = try Classifier(session).predict(top: 5)
    } catch {
        _ = "\(error)"
    }
}

/// Writes the right digits at the checksum's place; `false` where the input is no model file or has them already.
private func repairChecksum(_ bytes: inout [UInt8]) -> Bool {
    let prefix = Array(#"{"__metadata__":{"crc32":""#.utf8)
    let digits = (8 + prefix.count)..<(16 + prefix.count)
    guard bytes.count >= digits.upperBound, bytes[8..<digits.lowerBound].elementsEqual(prefix) else { return false }
    let stored = Array(bytes[digits])
    bytes.replaceSubrange(digits, with: "00000000".utf8)
    var crc = ~UInt32(0)
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    let text = String(~crc, radix: 16)
    bytes.replaceSubrange(digits, with: (String(repeating: "0", count: 8 - text.count) + text).utf8)
    return Array(bytes[digits]) != stored
}
