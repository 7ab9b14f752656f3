import CondenseNetC

/// What callers hold handles of.
///
/// A handle is a number in the guise of a pointer, used once in a process: a handle that was closed, or never given out, is
/// known as such, and nothing is read where it points.
enum HandleTable {
    nonisolated(unsafe) private static var objects: [OpaquePointer: any Sendable & AnyObject] = [:]
    nonisolated(unsafe) private static var last: UInt = 0

    private static func locked<Result>(_ body: () -> Result) -> Result {
        call_state_lock()
        defer { call_state_unlock() }
        return body()
    }

    /// A new handle for `object`.
    static func add(_ object: any Sendable & AnyObject) -> OpaquePointer {
        locked {
            last += 16
            let handle = OpaquePointer(bitPattern: last)!
            objects[handle] = object
            return handle
        }
    }

    /// The object that `handle` stands for.
    ///
    /// - Throws: `InterfaceError` where it stands for none of this type.
    static func find<Object: AnyObject>(_ handle: OpaquePointer?, _ what: String) throws -> Object {
        guard let handle else { throw InterfaceError("expected a \(what), found a null pointer") }
        guard let object = locked({ objects[handle] }) as? Object else {
            throw InterfaceError("expected an open \(what), found a handle that was closed or is none")
        }
        return object
    }

    /// Forgets `handle`, and gives back the object that it stood for.
    ///
    /// - Throws: as `find`.
    static func remove<Object: AnyObject>(_ handle: OpaquePointer?, _ what: String) throws -> Object {
        let object: Object = try find(handle, what)
        guard locked({ objects.removeValue(forKey: handle!) }) != nil else {
            throw InterfaceError("expected an open \(what), found one that another thread closed")
        }
        return object
    }
}
