import Checkpoint

/// A checkpoint in any container: refused, or every tensor read.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        let bytes = Array(UnsafeBufferPointer(start: start, count: count))
        let checkpoint = try Checkpoint.load(bytes: bytes, name: "fuzzed")
        for name in checkpoint.names { _ = try checkpoint[name]!.floats() }
    } catch {
        _ = "\(error)"
    }
    return 0
}
