import CommandLineSupport
import CondenseNet
import Foundations
import ImageInput

/// An image that is to be classified.
package struct SourceImage: Sendable {
    /// Where its pixels are.
    package enum Content: Sendable {
        /// In the file that has the image's name.
        case file
        /// In an image file's bytes.
        case encoded([UInt8])
        /// In a frame of a stream, or not even there.
        case frame(StreamFrame, StreamFormat)
    }

    /// What answers and messages call the image: its path, as a rule.
    package let name: String
    package let content: Content

    package init(name: String, content: Content = .file) {
        self.name = name
        self.content = content
    }

    /// A frame of a stream, named by its number.
    package init(_ frame: StreamFrame, _ format: StreamFormat) {
        self.init(name: "frame \(frame.number)", content: .frame(frame, format))
    }

    /// What `classifier` says of the image, or why it says nothing.
    ///
    /// - Parameters:
    ///   - top: labels, at most.
    ///   - threshold: the least probability of a label that is told.
    ///   - limits: what an encoded image may ask of the machine.
    package func classification(
        by classifier: Classifier, top: Int, threshold: Float = 0, limits: ImageLimits = .default
    ) -> Classification {
        let answer: Result<Classification.Answer, CommandFailure>
        do {
            try prepare(classifier, limits)
            let start = monotonicNanoseconds()
            let predictions = try classifier.predict(top: top)
            let milliseconds = Double(monotonicNanoseconds() - start) / 1e6
            answer = .success(
                .init(predictions: predictions.filter { $0.probability >= threshold }, milliseconds: milliseconds))
        } catch {
            answer = .failure(CommandFailure(error, path: name))
        }
        guard case .frame(let frame, _) = content else { return Classification(image: name, answer: answer) }
        let age = Double(monotonicNanoseconds() - frame.arrival) / 1e6
        return Classification(image: name, frame: .init(number: frame.number, age: age), answer: answer)
    }

    /// Decodes the image into the network's input.
    private func prepare(_ classifier: Classifier, _ limits: ImageLimits) throws {
        switch content {
        case .file: try classifier.prepare(try RGBImage.decode(path: name, limits: limits))
        case .encoded(let bytes): try classifier.prepare(try RGBImage.decode(bytes: bytes, name: name, limits: limits))
        case .frame(let frame, let format):
            let bytes = try frame.bytes.get()
            guard case .pixels(let layout, let size) = format else {
                return try classifier.prepare(try RGBImage.decode(bytes: bytes, name: name, limits: limits))
            }
            try bytes.withUnsafeBytes {
                try classifier.prepare(
                    Frame(layout, width: size.width, height: size.height, bytes: $0, name: name))
            }
        }
    }
}
