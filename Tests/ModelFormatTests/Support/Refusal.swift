import Foundations
import ModelFormat
import Testing

/// Expects that `forged`, whose checksum is right, is refused with exactly `error`.
func expect(_ error: ModelFormatError, loading forged: ForgedModel, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(throws: error, sourceLocation: sourceLocation) { try forged.load() }
}

/// Expects that `forged`, whose checksum is right, is refused with exactly `error`.
func expect(_ error: JSONError, loading forged: ForgedModel, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(throws: error, sourceLocation: sourceLocation) { try forged.load() }
}

/// Expects that the tiny model, changed and sealed again, is refused with exactly `error`.
func expect(
    _ error: ModelFormatError, sourceLocation: SourceLocation = #_sourceLocation,
    change: (inout ForgedModel) throws -> Void
) rethrows {
    expect(error, loading: try ForgedModel(change), sourceLocation: sourceLocation)
}

/// Expects that the tiny model, changed and sealed again, is refused with exactly `error`.
func expect(
    _ error: JSONError, sourceLocation: SourceLocation = #_sourceLocation,
    change: (inout ForgedModel) throws -> Void
) rethrows {
    expect(error, loading: try ForgedModel(change), sourceLocation: sourceLocation)
}

/// Expects that a whole file is refused with exactly `error`.
func expect(_ error: ModelFormatError, loading bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(throws: error, sourceLocation: sourceLocation) { try ModelFile(bytes: bytes) }
}

/// Expects that a whole file is refused with exactly `error`.
func expect(_ error: JSONError, loading bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(throws: error, sourceLocation: sourceLocation) { try ModelFile(bytes: bytes) }
}
