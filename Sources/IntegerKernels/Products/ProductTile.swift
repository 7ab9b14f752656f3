import CBytes

/// Tiles of outputs by positions, along a band's positions.
struct ProductLine {
    let panel: UnsafePointer<UInt8>
    let offsets: UnsafePointer<Int32>
    let tile: PackedTile
    /// Where the first output's bytes go, and how far those of the next are.
    let bytes: UnsafeMutablePointer<Int8>
    let stride: Int

    private static var lanes: Int { Int(CONDENSENET_BYTES_LANES) }
    private static var vectors: Int32 { Int32(CONDENSENET_BYTES_VECTORS) }
    private static var most: Int32 { Int32(CONDENSENET_BYTES_OUTPUTS) }

    /// Computes the bytes of `count` positions, and up to fifteen beyond.
    func run(outputs: Int, count: Int) {
        switch outputs {
        case Int(Self.most): wide(count)
        case 2: two(count)
        default: one(count)
        }
    }

    /// As many positions as are left, by a wide tile as long as it leaves no sixteen of its positions over.
    @inline(__always)
    private func each(_ count: Int, wide: Int, narrow: Int, _ body: (_ position: Int, _ isWide: Bool) -> Void) {
        var position = 0
        while position < count {
            let left = count - position
            let isWide = left > narrow && left > wide - 16
            body(position, isWide)
            position += isWide ? wide : narrow
        }
    }

    @inline(__always)
    private func tile(_ outputs: Int32, _ vectors: Int32, _ position: Int) {
        condensenet_bytes_tile(
            outputs, vectors, panel + position * Int(CONDENSENET_BYTES_PIXEL), offsets, tile.products, tile.weights,
            tile.initial, tile.scaling, bytes + position, stride)
    }

    private func wide(_ count: Int) {
        let lanes = Self.lanes
        each(count, wide: lanes * Int(Self.vectors), narrow: lanes * Int(Self.vectors) / 2) { position, isWide in
            if isWide { tile(Self.most, Self.vectors, position) } else { tile(Self.most, Self.vectors / 2, position) }
        }
    }

    private func two(_ count: Int) {
        let vectors = Self.vectors * Self.most / 2
        each(count, wide: Self.lanes * Int(vectors), narrow: 16) { position, isWide in
            if isWide { tile(2, vectors, position) } else { tile(2, Int32(16 / Self.lanes), position) }
        }
    }

    private func one(_ count: Int) {
        let vectors = Int32(CONDENSENET_BYTES_ROW)
        each(count, wide: Self.lanes * Int(vectors), narrow: 16) { position, isWide in
            if isWide { tile(1, vectors, position) } else { tile(1, Int32(16 / Self.lanes), position) }
        }
    }
}
