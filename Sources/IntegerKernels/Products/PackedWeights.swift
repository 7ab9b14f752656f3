import CBytes
import Foundations

/// Weights in the order in which tiles of outputs read them, what each output's sums begin with, and its scaling.
struct PackedWeights: Sendable {
    /// Outputs of a group.
    let perGroup: Int
    /// Outputs of a tile: 1, 2 or the most.
    let tileOutputs: Int
    /// Tiles of a group.
    let tiles: Int
    /// Steps that are multiplied.
    private let products: Int
    private let weights: StoredArray<UInt8>
    private let initial: StoredArray<Int32>
    private let scaling: StoredArray<Float>

    /// Packs `[outputs, elements, taps]` of every group.
    ///
    /// - Throws: `MemoryError`.
    init(_ source: StoredArray<Int8>, _ shape: PanelShape, groups: Int, outputs: Int, scaling: OutputScaling) throws {
        let perGroup = outputs / groups
        let most = Int(CONDENSENET_BYTES_OUTPUTS)
        let tileOutputs = perGroup >= most ? most : perGroup == 3 ? most : perGroup
        let tiles = (perGroup + tileOutputs - 1) / tileOutputs
        let products = shape.products
        let (channels, width) = (Int(CONDENSENET_BYTES_CHANNELS), Int(CONDENSENET_BYTES_PIXEL))
        /// The weight of an output of a tile, zero where there is none.
        func weight(_ group: Int, _ output: Int, _ product: Int, _ index: Int) -> Int8 {
            let element = product / shape.taps * channels + index
            guard output < perGroup && element < shape.elements else { return 0 }
            let row = (group * perGroup + output) * shape.elements + element
            return source.elements[row * shape.taps + product % shape.taps]
        }
        weights = try StoredArray(count: groups * tiles * tileOutputs * products * width) { packed in
            var position = 0
            for group in 0..<groups {
                for tile in 0..<tiles {
                    for product in 0..<products {
                        for output in tile * tileOutputs..<(tile + 1) * tileOutputs {
                            for index in 0..<channels {
                                let byte = weight(group, output, product, index)
                                packed[position] = UInt8(bitPattern: byte)
                                // Widened, the low byte comes first.
                                if width > channels { packed[position + 1] = byte < 0 ? 255 : 0 }
                                position += width / channels
                            }
                        }
                    }
                }
            }
        }
        initial = try StoredArray(count: groups * tiles * tileOutputs) { initial in
            let terms = shape.elements * shape.taps
            for position in initial.indices {
                let (group, output) = (position / (tiles * tileOutputs), position % (tiles * tileOutputs))
                guard output < perGroup else {
                    initial[position] = 0
                    continue
                }
                let first = (group * perGroup + output) * terms
                let sum = source.elements[first..<first + terms].reduce(Int32(0)) { $0 + Int32($1) }
                initial[position] = -sum * Int32(CONDENSENET_BYTES_BIAS)
            }
        }
        self.scaling = try StoredArray(count: 2 * groups * tiles * tileOutputs) { floats in
            for position in 0..<groups * tiles * tileOutputs {
                let (group, output) = (position / (tiles * tileOutputs), position % (tiles * tileOutputs))
                let index = group * perGroup + min(output, perGroup - 1)
                floats[2 * position] = scaling.multipliers.elements[index]
                floats[2 * position + 1] = scaling.offsets.elements[index]
            }
        }
        self.perGroup = perGroup
        self.tileOutputs = tileOutputs
        self.tiles = tiles
        self.products = products
    }

    /// Bytes of all that is packed.
    var byteCount: Int { weights.byteCount + initial.byteCount + scaling.byteCount }

    /// What a tile's outputs are made with.
    @inline(__always)
    func tile(_ group: Int, _ tile: Int) -> PackedTile {
        let first = (group * tiles + tile) * tileOutputs
        return PackedTile(
            weights: weights.pointer + first * products * Int(CONDENSENET_BYTES_PIXEL),
            initial: initial.pointer + first,
            scaling: scaling.pointer + 2 * first, products: products)
    }
}

/// What the outputs of a tile are made with.
struct PackedTile {
    let weights: UnsafePointer<UInt8>
    let initial: UnsafePointer<Int32>
    let scaling: UnsafePointer<Float>
    let products: Int
}
