import CommandLineSupport
import CondenseNet
import Foundations
import ModelFormat

/// What became of one image.
package struct Classification: Sendable {
    package let image: String
    /// Which frame it was, where it came in a stream.
    package var frame: FramePlace?
    /// The likeliest labels, without those below the threshold; or why there are none.
    package let answer: Result<Answer, CommandFailure>

    /// What the network says.
    package struct Answer: Sendable {
        package let predictions: [Prediction]
        /// The network's time, decoding and preprocessing not counted.
        package let milliseconds: Double
    }

    /// A frame's place in its stream and in time.
    package struct FramePlace: Sendable {
        /// Counted from 1.
        let number: Int
        /// From the frame's arrival to its answer, in milliseconds.
        let age: Double
    }

    package init(image: String, frame: FramePlace? = nil, answer: Result<Answer, CommandFailure>) {
        self.image = image
        self.frame = frame
        self.answer = answer
    }

    /// For people; `nil` of an image that failed, of which standard error tells.
    package var text: String? {
        guard case .success(let answer) = answer else { return nil }
        var text = "\(image.onOneLine)  (\(Format.fixed(answer.milliseconds, 2)) ms)\n"
        for prediction in answer.predictions {
            let percent = Format.fixed(Double(prediction.probability) * 100, 2)
            text += String(repeating: " ", count: 8 - percent.count) + "\(percent) %  \(prediction.label.onOneLine)\n"
        }
        return answer.predictions.isEmpty ? text + "            unknown\n" : text
    }

    package var json: JSONValue {
        var members: [JSONValue.Member] = [.init("image", .string(image))]
        if let frame {
            members += [.init("frame", .integer(frame.number)), .init("age_milliseconds", .number(frame.age))]
        }
        switch answer {
        case .failure(let failure): members.append(.init("error", .string(failure.message)))
        case .success(let answer):
            let predictions = answer.predictions.map {
                [
                    "label": .string($0.label), "index": .integer($0.index), "probability": .float($0.probability),
                ] as JSONValue
            }
            members += [
                .init("predictions", .array(predictions)), .init("milliseconds", .number(answer.milliseconds)),
            ]
        }
        return .object(members)
    }
}
