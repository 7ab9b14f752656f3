import Engine
import Testing

@testable import Kernels

@Suite("Plane layouts")
struct PlaneLayoutTests {
    @Test(
        "The recommended stride holds the plane, keeps lines whole, and avoids few cache sets",
        arguments: [1...64, 65...1100, 3000...3300, 12_500...12_600, 50_000...50_200])
    func stride(range: ClosedRange<Int>) {
        for pixels in range {
            let stride = recommendedPlaneStride(pixels: pixels)
            #expect(stride >= pixels && stride % 16 == 0 && stride < pixels + 32, "\(pixels) pixels")
            #expect(stride <= 64 || stride / 16 % 4 != 0, "\(pixels) pixels")
        }
    }

    @Test("Copied rows have zeros around them", arguments: [1, 2, 7, 8, 16, 21], [-1, 0, 1, 3])
    func copy(width: Int, firstRow: Int) {
        let (height, planes) = (5, 3)
        let layout = PaddedPlanes(width: width, rows: 4)
        let source = NumberBuffer(count: planes * width * height) { Float($0 + 1) }
        let buffer = NumberBuffer(count: layout.count(planes: planes))
        layout.copy(
            to: buffer.pointer, from: source.readOnly, sourcePlaneStride: width * height, planes: 0..<planes,
            height: height, firstRow: firstRow)
        keepAlive(source)
        for plane in 0..<planes {
            for row in -1...layout.rows {
                for x in -1...width {
                    let y = row + firstRow
                    let inside = y >= 0 && y < height && x >= 0 && x < width
                    let expected = inside ? source.pointer[(plane * height + y) * width + x] : 0
                    let place = plane * layout.planeStride + layout.origin + row * layout.rowStride + x
                    #expect(buffer.pointer[place] == expected, "\(width), \(firstRow): \(plane), \(row), \(x)")
                }
            }
        }
        #expect(buffer.guardsAreIntact)
    }

    @Test("Tiles cover every pixel and none beyond", arguments: 1...200, [16, 24, 32, 48])
    func tiling(pixels: Int, wideWidth: Int) {
        let tiling = PixelTiling(pixels: pixels, wideWidth: wideWidth)
        var covered = Set<Int>()
        var place = 0
        func add(_ width: Int, _ count: Int) {
            for _ in 0..<count {
                let start = max(0, min(place, pixels - width))
                #expect(start + width <= pixels || (width == 8 && pixels < 8))
                covered.formUnion(start..<min(pixels, start + width))
                place += width
            }
        }
        add(wideWidth, tiling.tilesWide)
        add(16, tiling.tiles16)
        add(8, tiling.tiles8)
        #expect(covered.count == pixels)
    }
}
