/// Offsets of some planes in a buffer, in floats, laid out in scratch memory of any alignment.
struct OffsetTable {
    private let entries: UnsafeRawPointer
    /// Floats of scratch memory that the table takes.
    let floats: Int

    /// Floats of scratch memory that a table of `count` planes takes.
    static func floats(count: Int) -> Int { count &* MemoryLayout<Int>.stride / MemoryLayout<Float>.stride }

    /// The planes of channels `channels`, `stride` floats apart; nil where channel `c` is plane `c`.
    @inline(__always)
    init(_ scratch: UnsafeMutablePointer<Float>, planes: UnsafePointer<Int32>?, _ channels: Range<Int>, stride: Int) {
        let entries = UnsafeMutableRawPointer(scratch)
        for (index, channel) in channels.enumerated() {
            let plane = planes.map { Int($0[channel]) } ?? channel
            entries.storeBytes(of: plane &* stride, toByteOffset: index &* MemoryLayout<Int>.stride, as: Int.self)
        }
        self.entries = UnsafeRawPointer(entries)
        floats = Self.floats(count: channels.count)
    }

    /// The offset of the plane of channel `index`, counted from the first.
    @inline(__always)
    subscript(index: Int) -> Int {
        entries.loadUnaligned(fromByteOffset: index &* MemoryLayout<Int>.stride, as: Int.self)
    }
}
