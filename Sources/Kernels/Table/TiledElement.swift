/// A type of number with the tiles that its kernels compute in; on Arm, with AVX-512, and otherwise.
///
/// The tiles are what the registers hold. Where they are not said, those of the target's 128- or 256-bit vectors serve.
protocol TiledElement: KernelElement {
    /// Sixteen pixels.
    associatedtype Pixels16: PixelVectors<Self> = JoinedPixels<Pixels8<Self>, Pixels8<Self>>
    /// The widest tiles: what the registers hold of the sums of four outputs.
    associatedtype WidePixels: PixelVectors<Self> = DefaultWidePixels<Self>
    /// The widest tiles of 1×1 convolutions and of two rows of two outputs in direct 3×3 ones: what the registers hold of the sums
    /// of six outputs.
    associatedtype PanelPixels: PixelVectors<Self> = WidePixels
    /// The widest tiles of Winograd F(4, 3).
    associatedtype WideWinogradTile: WinogradSums<Self> = DefaultWideWinogradTile<Self>
}

#if arch(arm64)
    /// Twenty-four pixels.
    typealias DefaultWidePixels<Element: TiledElement> = JoinedPixels<Element.Pixels16, Pixels8<Element>>
    typealias DefaultWideWinogradTile<Element: TiledElement> = WinogradTile<OutputTile4<DefaultWidePixels<Element>>>
#else
    typealias DefaultWidePixels<Element: TiledElement> = Element.Pixels16
    /// Twelve sums of eight; with eight of them the multipliers would wait for one another.
    typealias DefaultWideWinogradTile<Element: KernelElement> = JoinedWinogradTiles<
        Winograd24<Element>, Winograd24<Element>
    >
    typealias Winograd24<Element: KernelElement> = JoinedWinogradTiles<
        Winograd8<Element>, JoinedWinogradTiles<Winograd8<Element>, Winograd8<Element>>
    >
    typealias Winograd8<Element: KernelElement> = WinogradTile<OutputTile2<Pixels8<Element>>>
#endif

extension Float: TiledElement {
    #if CONDENSENET_AVX512
        typealias Pixels16 = FloatPixels16
        typealias WidePixels = JoinedPixels<FloatPixels16, FloatPixels16>
        typealias WideWinogradTile = WinogradTile<OutputTile4<JoinedPixels<WidePixels, FloatPixels16>>>
    #endif
}

#if CONDENSENET_HALF
    extension Float16: TiledElement {
        #if arch(arm64)
            typealias Pixels16 = JoinedPixels<Pixels8<Float16>, Pixels8<Float16>>
            typealias PanelPixels = JoinedPixels<Pixels16, Pixels16>
            typealias WidePixels = JoinedPixels<PanelPixels, Pixels16>
            typealias WideWinogradTile = WinogradTile<OutputTile4<WidePixels>>
        #endif
    }
#endif
