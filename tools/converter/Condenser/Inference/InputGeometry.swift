import ModelFormat

/// What a checkpoint's shapes cannot say: the input's size and the stride of the first convolution.
struct InputGeometry: Equatable {
    let size: Int
    let stemStride: Int
    /// What was guessed and may be wrong, a line each.
    private(set) var warnings: [String] = []

    /// - Parameters:
    ///   - blocks: the network's dense blocks; 3 belong to a 32² input, 5 to 224².
    ///   - classes: the classifier's outputs.
    ///   - options: what the user states.
    /// - Throws: `ConversionError.option` where neither the blocks nor the user settle the size.
    init(
        blocks: Int, classes: Int, _ options: Architecture.InferenceOptions = Architecture.InferenceOptions(),
        _ traits: DenseBlockTraits = DenseBlockTraits(name: "the authors'")
    ) throws {
        if let inputSize = options.inputSize {
            guard (1...FormatLimits.side).contains(inputSize) else {
                throw ConversionError.option("--input-size: expected 1 to \(FormatLimits.side), found \(inputSize)")
            }
            size = inputSize
        } else if let known = options.dataset?.inputSize ?? traits.inputSize
            ?? (blocks == 3 ? Dataset.cifar10 : blocks == 5 ? .imagenet : nil)?.inputSize
        {
            size = known
        } else {
            throw ConversionError.option(
                "the input's size does not follow from \(blocks) dense blocks (3 mean 32×32, 5 mean 224×224): "
                    + "state --dataset or --input-size")
        }
        let known = traits.stemStride ?? options.dataset?.stemStride
        if let stride = options.stemStride {
            guard stride == 1 || stride == 2 else {
                throw ConversionError.option("--stem-stride: expected 1 or 2, found \(stride)")
            }
            if let fixed = traits.stemStride, fixed != stride {
                throw ConversionError.option(
                    "--stem-stride: \(traits.name) networks have a first stride of \(fixed), found \(stride)")
            }
            stemStride = stride
        } else if let known {
            stemStride = known
        } else {
            // The authors' code knows a stride of 1 for CIFAR alone, 32² with three blocks, and 2 for all else.
            let isCIFAR = blocks == 3 && size == 32 && (classes == 10 || classes == 100)
            // With three blocks, 32² and a stride of 2 the authors' pooling window finds no place: what has been tuned to
            // other classes than CIFAR's was CIFAR's network before.
            let isTuned = blocks == 3 && size == 32 && classes < 1000
            stemStride = isCIFAR || isTuned ? 1 : 2
            let isImageNet = blocks == 5 && size == 224
            if isTuned, !isCIFAR {
                warnings.append(
                    "the stride of the first convolution is a guess: 1, as the authors' code has for CIFAR; with 2 its last "
                        + "pooling could not run on 32×32 (--stem-stride says otherwise)")
            } else if !isCIFAR, !isImageNet {
                warnings.append(
                    "the stride of the first convolution is a guess: 2, as the authors' code has for everything but CIFAR "
                        + "(--stem-stride says otherwise)")
            }
        }
    }

    /// Height and width of the planes of each dense block.
    ///
    /// - Throws: `ConversionError.option` where they vanish.
    func sides(blocks: Int, stem: Architecture.Stem? = nil) throws -> [Int] {
        let first = stem?.outputSide(size) ?? (size - 1) / stemStride + 1
        let sides = (0..<blocks).map { $0 < Int.bitWidth ? first >> $0 : 0 }
        guard sides.last ?? 1 > 0 else {
            throw ConversionError.option(
                "an input of \(size)×\(size) vanishes in the pooling of \(blocks) dense blocks")
        }
        return sides
    }
}
