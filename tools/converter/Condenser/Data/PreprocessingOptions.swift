import Foundations
import ModelFormat

/// What the user says about images and labels; whatever is not said follows from the data set.
public struct PreprocessingOptions: Equatable, Sendable {
    /// The data set, where it is not to be assumed.
    public var dataset: Dataset?
    /// The shorter side after resizing.
    public var resize: Int?
    /// The side of the centre crop.
    public var crop: Int?
    /// How images are resized.
    public var interpolation: Interpolation?
    /// A number for each of red, green and blue.
    public var mean: [Float]?
    /// A positive number for each of red, green and blue.
    public var std: [Float]?

    /// Nothing said.
    public init() {}

    /// What follows from the options and the network.
    public struct Resolution: Equatable, Sendable {
        /// How an image becomes the network's input.
        public var preprocessing: Preprocessing
        /// One label a class, or none.
        public var labels: [String]
        /// The data set that it is for; `nil` where none is known.
        public var dataset: Dataset?
        /// Whether the data set is a guess.
        public var isAssumed: Bool
        /// What may be wrong, a line each.
        public var warnings: [String]
    }
}

extension PreprocessingOptions.Resolution {
    /// Takes the classes' names that a checkpoint has; warns where these do not fit, and where the data set's are a guess.
    mutating func name(_ names: [String], classes: Int) {
        if names.count == classes, names.allSatisfy({ !$0.isEmpty && $0.isPrintable && $0.isStreamSafe }) {
            labels = names
            return
        }
        if !names.isEmpty {
            warnings.append(
                "the checkpoint names \(names.count) classes, the network has \(classes): these names are left out")
        }
        if isAssumed, let dataset, !labels.isEmpty {
            warnings.append(
                "taken for \(dataset.rawValue) by its input and its classes: preprocessing and labels are a guess "
                    + "(--dataset or --labels says otherwise)")
        }
    }
}

extension PreprocessingOptions {
    /// The preprocessing of a network's images, and the labels of its classes where they are built in.
    ///
    /// - Throws: `ConversionError.option` for numbers that do not suit the network.
    public func resolve(_ architecture: Architecture) throws -> Resolution {
        try resolve(inputSize: architecture.inputSize, classes: architecture.classifier.classes)
    }

    /// The preprocessing of images for an input of `size`×`size`, and the labels of `classes` classes where they are built
    /// in.
    ///
    /// - Throws: `ConversionError.option` for numbers that do not suit the network.
    func resolve(inputSize size: Int, classes: Int) throws -> Resolution {
        var warnings: [String] = []
        let known = dataset ?? Dataset.assumed(inputSize: size, classes: classes)
        var preprocessing =
            known?.preprocessing(inputSize: size)
            ?? Preprocessing(resize: nil, crop: nil, mean: [0, 0, 0], std: [1, 1, 1])
        if known == nil, mean == nil || std == nil {
            warnings.append(
                "no data set known for \(size)×\(size) and \(classes) classes: pixels are taken as they are, from 0 to 1 "
                    + "(--dataset, --mean and --std say otherwise)")
        }
        if let resize {
            guard (1...FormatLimits.side).contains(resize) else {
                throw ConversionError.option("--resize: expected 1 to \(FormatLimits.side), found \(resize)")
            }
            preprocessing.resize = resize
            if resize < size {
                warnings.append("--resize \(resize): less than the crop of \(size), so that images get a black border")
            }
        }
        if let crop {
            guard crop == size else {
                throw ConversionError.option("--crop: expected \(size), the input's size, found \(crop)")
            }
            preprocessing.crop = crop
        }
        if let interpolation { preprocessing.interpolation = interpolation }
        if let mean { preprocessing.mean = try triple("--mean", mean) { $0.isFinite } }
        if let std { preprocessing.std = try triple("--std", std) { $0.isFinite && $0 > 0 } }
        if let found = numbersOfOtherPixels {
            warnings.append("\(found): pixels are from 0 to 1; numbers for 0 to 255 are to be divided by 255")
        }

        var labels: [String] = []
        if let known {
            labels = known.labels.count == classes ? known.labels : []
            if !known.labels.isEmpty, labels.isEmpty {
                warnings.append(
                    "\(known.rawValue) has \(known.classes) classes, the network \(classes): its labels are left out")
            }
        }
        return Resolution(
            preprocessing: preprocessing, labels: labels, dataset: known, isAssumed: dataset == nil,
            warnings: warnings)
    }

    /// The options that no pixels from 0 to 1 can have given: a mean or a deviation over 1.
    private var numbersOfOtherPixels: String? {
        let found = [("--mean", mean ?? []), ("--std", std ?? [])].filter { $0.1.contains { $0.magnitude > 1 } }
        func text(_ number: Float) -> String { Double(number).significant(6) }
        return found.isEmpty
            ? nil : found.map { "\($0) \($1.map(text).joined(separator: ","))" }.joined(separator: " ")
    }

    private func triple(_ option: String, _ numbers: [Float], _ isFit: (Float) -> Bool) throws -> [Float] {
        guard numbers.count == 3, numbers.allSatisfy(isFit) else {
            let kind = option == "--std" ? "three positive numbers" : "three numbers"
            throw ConversionError.option("\(option): expected \(kind) R,G,B, found \(numbers)")
        }
        return numbers
    }
}
