/// How a group's outputs are cut into tiles: one or two of four where six do not divide their number, then tiles of six.
///
/// Six outputs by sixteen pixels fill the registers of x86-64 with sums and leave the multipliers no gap. The first tile
/// also gathers: four outputs leave it registers for that. Of an odd number of outputs the last tile is filled up.
struct OutputTiling {
    /// Tiles of six outputs.
    let sixes: Int
    /// Tiles of four outputs.
    let fours: Int

    /// Tiles of `outputs` outputs.
    @inline(__always)
    init(outputs: Int) {
        let even = roundUp(outputs, toMultipleOf: 2)
        fours = even == 2 ? 1 : [0, 2, 1][even % 6 / 2]
        sixes = max(0, even &- 4 &* fours) / 6
    }

    /// Outputs of all tiles.
    @inline(__always)
    var outputs: Int { 6 &* sixes &+ 4 &* fours }
}
