import Kernels
import ModelFormat

/// An immutable array in memory whose allocation can fail without a trap.
final class Packed<Element: BitwiseCopyable>: @unchecked Sendable {
    let pointer: UnsafePointer<Element>
    private let storage: Storage

    var byteCount: Int { storage.bytes.count }

    convenience init(_ elements: [Element]) throws {
        try self.init(count: elements.count) { pointer in
            elements.withUnsafeBufferPointer {
                if let start = $0.baseAddress { pointer.initialize(from: start, count: $0.count) }
            }
        }
    }

    /// Lets `pack` fill `count` elements.
    init(count: Int, pack: (UnsafeMutablePointer<Element>) -> Void) throws {
        storage = try Storage(byteCount: MemoryLayout<Element>.stride * count)
        let elements = storage.bytes.baseAddress!.bindMemory(to: Element.self, capacity: max(count, 1))
        pack(elements)
        pointer = UnsafePointer(elements)
    }
}

extension ArenaLayout.Place {
    /// The value's planes in an arena.
    func planes(_ arena: UnsafeMutablePointer<Float>) -> Planes { Planes(base: arena + offset, stride: planeStride) }
}
