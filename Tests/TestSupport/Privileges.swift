import Glibc

/// Runs `body` without the superuser's power over files, whose reading and writing no mode can forbid.
///
/// The system keeps capabilities for each thread, so that tests beside this one notice nothing.
public func withoutPrivileges<Result>(_ body: () throws -> Result) rethrows -> Result {
    typealias Call = @convention(c) (UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>) -> CInt
    guard let get = dlsym(nil, "capget"), let set = dlsym(nil, "capset") else { return try body() }
    // Version 3 of the interface, this thread; effective, permitted and inheritable sets in two words each.
    var thread: [UInt32] = [0x2008_0522, 0]
    var usual = [UInt32](repeating: 0, count: 6)
    guard unsafeBitCast(get, to: Call.self)(&thread, &usual) == 0 else { return try body() }
    let setCapabilities = unsafeBitCast(set, to: Call.self)
    let (mayOverride, maySearch): (UInt32, UInt32) = (1 << 1, 1 << 2)
    var reduced = usual
    reduced[0] &= ~(mayOverride | maySearch)
    _ = setCapabilities(&thread, &reduced)
    defer { _ = setCapabilities(&thread, &usual) }
    return try body()
}

/// Whether this process may give a file to another user: a superuser within a namespace of one user may not.
public let mayGiveFilesAway: Bool = {
    var name = Array("/tmp/condensenet-owner-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { return false }
    defer {
        close(descriptor)
        unlink(name)
    }
    return fchown(descriptor, 12345, 12345) == 0
}()
