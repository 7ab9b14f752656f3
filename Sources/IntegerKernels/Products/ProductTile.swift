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
    private static var vectors: Int { Int(CONDENSENET_BYTES_VECTORS) }
    private static var most: Int { Int(CONDENSENET_BYTES_OUTPUTS) }

    /// Computes the bytes of `count` positions, and up to fifteen beyond.
    func run(outputs: Int, count: Int) {
        switch outputs {
        case Self.most: wide(count)
        case 2: two(count)
        default: one(count)
        }
    }

    @inline(__always)
    private func tile(_ outputs: Int, _ vectors: Int, _ position: Int) {
        condensenet_bytes_tile(
            Int32(outputs), Int32(vectors), panel + position * Int(CONDENSENET_BYTES_PIXEL), offsets, tile.products,
            tile.weights, tile.initial, tile.scaling, bytes + position, stride)
    }

    private func wide(_ count: Int) {
        let (most, vectors) = (Self.most, Self.vectors)
        var position = 0
        while position < count {
            let left = (count - position + Self.lanes - 1) / Self.lanes
            if left >= vectors {
                tile(most, vectors, position)
            } else if left == 1 {
                tile(most, 1, position)
            } else if left == 2 {
                tile(most, 2, position)
            } else if left <= 4 && vectors > 4 {
                tile(most, 4, position)
            } else {
                tile(most, vectors, position)
            }
            position += vectors * Self.lanes
        }
    }

    private func two(_ count: Int) { narrow(2, Self.vectors * Self.most / 2, count) }

    private func one(_ count: Int) { narrow(1, Int(CONDENSENET_BYTES_ROW), count) }

    /// Tiles of few outputs: as many positions at once as leave no sixteen over.
    @inline(__always)
    private func narrow(_ outputs: Int, _ vectors: Int, _ count: Int) {
        var position = 0
        while position < count {
            if count - position > vectors * Self.lanes - 16 {
                tile(outputs, vectors, position)
                position += vectors * Self.lanes
            } else {
                tile(outputs, 16 / Self.lanes, position)
                position += 16
            }
        }
    }
}
