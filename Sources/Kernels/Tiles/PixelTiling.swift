/// How a run of pixels is cut into wide tiles (`TiledElement.WidePixels`) and tiles of 16 and 8.
///
/// The tiles follow one another in this order; the last one ends where the run ends and so may overlap its neighbour,
/// whose pixels it computes again with the same result. A run of fewer than eight pixels is one incomplete tile of 8.
struct PixelTiling {
    /// Pixels in the run.
    let pixels: Int
    /// Pixels of a wide tile.
    private let wideWidth: Int
    /// Wide tiles.
    let tilesWide: Int
    /// Tiles of 16 pixels.
    let tiles16: Int
    /// Tiles of 8 pixels.
    let tiles8: Int

    /// Pixels of all wide tiles.
    @inline(__always)
    var widePixels: Int { tilesWide &* wideWidth }

    /// Tiles of 16 pixels and less, and wide ones where `wideWidth` is 24, 32 or 48.
    @inline(__always)
    init(pixels: Int, wideWidth: Int = 16) {
        self.pixels = pixels
        self.wideWidth = wideWidth
        let vectors = (pixels &+ 7) / 8
        if pixels < 16 {
            (tilesWide, tiles16, tiles8) = (0, 0, vectors)
        } else if wideWidth == 24 && pixels >= 24 {
            // 16 + 16 has more sums in flight than 24 + 8.
            let remainder = vectors % 3
            tiles16 = remainder == 0 ? 0 : 3 &- remainder
            tilesWide = (vectors &- 2 &* tiles16) / 3
            tiles8 = 0
        } else if wideWidth == 32 && pixels >= 32 {
            (tilesWide, tiles16, tiles8) = (vectors / 4, vectors % 4 / 2, vectors % 2)
        } else if wideWidth == 48 && pixels >= 48 {
            (tilesWide, tiles16, tiles8) = (vectors / 6, vectors % 6 / 2, vectors % 2)
        } else {
            (tilesWide, tiles16, tiles8) = (0, vectors / 2, vectors % 2)
        }
    }

    /// The first pixel of a tile that would begin at `pixel`, moved back so that it ends within a run of `pixels`.
    @inline(__always)
    static func start<P: PixelVectors>(_: P.Type, _ pixel: Int, in pixels: Int) -> Int {
        max(0, min(pixel, pixels &- P.width))
    }
}
