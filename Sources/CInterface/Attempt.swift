import CondenseNet
import CondenseNetC
import Foundations
import ImageInput

/// A parameter that makes no sense.
struct InterfaceError: CategorizedError {
    let description: String

    init(_ description: String) { self.description = description }

    var category: ErrorCategory { .usage }
}

/// Does `body`; what it throws becomes a status and this thread's message.
///
/// - Parameter data: what bad data in a file means here.
func attempt(_ data: condensenet_status, _ body: () throws -> Void) -> condensenet_status {
    do {
        try body()
        return CONDENSENET_OK
    } catch {
        let (status, text) = describe(error, data)
        var bytes: [UInt8] = []
        for scalar in text.onOneLine.unicodeScalars {
            guard bytes.count + scalar.utf8.count < Int(CALL_STATE_MESSAGE_BYTES) else { break }
            bytes += scalar.utf8
        }
        let message = UnsafeMutableBufferPointer(start: call_state_message(), count: bytes.count + 1)
        for (index, byte) in bytes.enumerated() { message[index] = CChar(bitPattern: byte) }
        message[bytes.count] = 0
        return status
    }
}

/// The value of `body`, or `failed` where it throws; see `attempt(_:_:)`.
func value<Value>(_ failed: Value, _ body: () throws -> Value) -> Value {
    var value = failed
    _ = attempt(CONDENSENET_ERROR_INTERNAL) { value = try body() }
    return value
}

private func describe(_ error: any Error, _ data: condensenet_status) -> (condensenet_status, String) {
    guard let known = error as? any CategorizedError else { return (CONDENSENET_ERROR_INTERNAL, "\(error)") }
    let status =
        switch error {
        case RuntimeError.threadCount, RuntimeError.count, RuntimeError.noValue, ImageError.frame:
            CONDENSENET_ERROR_ARGUMENT
        case RuntimeError.notFinite: CONDENSENET_ERROR_MODEL
        default:
            switch known.category {
            case .usage: CONDENSENET_ERROR_ARGUMENT
            case .badData: data
            case .missingInput: CONDENSENET_ERROR_NO_FILE
            case .memory: CONDENSENET_ERROR_MEMORY
            case .internal: CONDENSENET_ERROR_INTERNAL
            case .inputOutput: CONDENSENET_ERROR_INPUT_OUTPUT
            }
        }
    return (status, ([known.description] + known.details).joined(separator: "; "))
}

/// What a caller's pointer points to.
///
/// - Throws: `InterfaceError` for a null pointer.
func require<Pointer>(_ pointer: Pointer?, _ name: String) throws -> Pointer {
    guard let pointer else { throw InterfaceError("\(name): expected a pointer, found null") }
    return pointer
}

/// A caller's `count` elements; none where the pointer is null and the count 0.
///
/// - Throws: `InterfaceError` for a null pointer, or a count that no memory holds.
func buffer<Element>(
    _ pointer: UnsafePointer<Element>?, _ count: Int, _ name: String
) throws -> UnsafeBufferPointer<Element> {
    guard count >= 0, !count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride).overflow else {
        throw InterfaceError("\(name): expected a count that memory can hold, found \(UInt(bitPattern: count))")
    }
    return UnsafeBufferPointer(start: count == 0 ? pointer : try require(pointer, name), count: count)
}

/// A caller's path.
///
/// - Throws: `InterfaceError` for a null pointer.
func text(_ path: UnsafePointer<CChar>?) throws -> String { String(cString: try require(path, "path")) }
