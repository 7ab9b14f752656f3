import ModelFormat

/// What a checkpoint's shapes cannot say: the input's size and the stride of the first convolution.
struct InputGeometry: Equatable {
    let size: Int
    let stemStride: Int

    /// - Parameters:
    ///   - blocks: the network's dense blocks; 3 belong to a 32² input, 5 to 224².
    ///   - inputSize: the size that the user states.
    ///   - dataset: the data set that the user states.
    /// - Throws: `ConversionError.option` where neither the blocks nor the user settle both numbers, or planes would
    ///   vanish.
    init(blocks: Int, inputSize: Int?, dataset: Dataset?) throws {
        if let inputSize {
            guard (1...FormatLimits.side).contains(inputSize) else {
                throw ConversionError.option("--input-size: expected 1 to \(FormatLimits.side), found \(inputSize)")
            }
            size = inputSize
            stemStride = dataset?.stemStride ?? Self.stride(size: inputSize, blocks: blocks)
        } else if let dataset {
            size = dataset.inputSize
            stemStride = dataset.stemStride
        } else if let known = blocks == 3 ? Dataset.cifar10 : blocks == 5 ? .imagenet : nil {
            size = known.inputSize
            stemStride = known.stemStride
        } else {
            throw ConversionError.option(
                "the input's size does not follow from \(blocks) dense blocks (3 mean 32×32, 5 mean 224×224): "
                    + "state --dataset or --input-size")
        }
        var side = (size - 1) / stemStride + 1
        for _ in 1..<max(blocks, 1) { side /= 2 }
        guard side > 0 else {
            throw ConversionError.option(
                "an input of \(size)×\(size) vanishes in the pooling of \(blocks) dense blocks")
        }
    }

    /// The stride that the original training code would have used: it knows 32² and 224², so the size decides where it
    /// is one of these, then the number of blocks, then which of the two sizes is nearer.
    private static func stride(size: Int, blocks: Int) -> Int {
        if size == 32 || size == 224 { return size == 32 ? 1 : 2 }
        if blocks == 3 || blocks == 5 { return blocks == 3 ? 1 : 2 }
        return size <= 64 ? 1 : 2
    }

    /// Height and width of the planes of each dense block.
    func sides(blocks: Int) -> [Int] {
        (0..<blocks).map { ((size - 1) / stemStride + 1) >> $0 }
    }
}
