import Checkpoint
import Testing

/// A hostile or damaged checkpoint, and the error it has to get.
struct Attack: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]
    let error: CheckpointError

    init(_ name: String, _ bytes: [UInt8], _ error: CheckpointError) {
        self.name = name
        self.bytes = bytes
        self.error = error
    }

    var testDescription: String { name }

    func check() {
        #expect(throws: error) { try load(bytes) }
    }
}

/// What errors call the files of these tests.
let fileName = "attack.pth.tar"

/// Loads and reads every tensor, in every way it can be read.
@discardableResult
func load(_ bytes: [UInt8], limits: CheckpointLimits = .default) throws -> Checkpoint {
    let checkpoint = try Checkpoint.load(bytes: bytes, name: fileName, limits: limits)
    for name in checkpoint.names {
        guard let tensor = checkpoint[name] else { continue }
        let floats = try tensor.floats()
        #expect(floats.count == tensor.count)
        if tensor.elementType.isInteger { #expect(try tensor.integers().count == tensor.count) }
    }
    return checkpoint
}

/// A place in the file under attack.
func place(_ entry: String? = nil, tensor: String? = nil, byte offset: Int? = nil) -> CheckpointLocation {
    CheckpointLocation(file: fileName, entry: entry, tensor: tensor, offset: offset)
}
