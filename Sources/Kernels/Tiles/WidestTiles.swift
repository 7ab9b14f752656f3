#if arch(arm64)
    /// The widest tiles: what the registers hold of the sums of four outputs.
    typealias WidePixels = Pixels24
    /// Likewise of Winograd F(4, 3).
    typealias WideWinogradTile = WinogradTile<OutputTile4<Pixels24>>
#elseif CONDENSENET_AVX512
    typealias WidePixels = Pixels32
    typealias WideWinogradTile = WinogradTile<OutputTile4<Pixels48>>
#else
    typealias WidePixels = Pixels16
    /// Twelve sums of eight; with eight of them the multipliers would wait for one another.
    typealias WideWinogradTile = JoinedWinogradTiles<Winograd24, Winograd24>
    typealias Winograd24 = JoinedWinogradTiles<Winograd8, JoinedWinogradTiles<Winograd8, Winograd8>>
    typealias Winograd8 = WinogradTile<OutputTile2<Pixels8>>
#endif
