import Foundation
import ModelFormat
import TestSupport
import Testing

/// Runs `condensenet` to its end.
func condensenet(_ arguments: [String]) throws -> Program.Result { try Program.run("condensenet", arguments) }

/// Runs `condensenet` to its end.
func condensenet(_ arguments: String..., input: String = "", output: FileHandle? = nil) throws -> Program.Result {
    try Program.run("condensenet", arguments, input: input, output: output)
}

/// Files that come with the program.
enum Shipped {
    /// The trained model: ten classes, 28² or 32² images.
    static let model = path("models/fashion-mnist.safetensors")
    /// Its labels.
    static let labels = [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ]

    static func path(_ name: String) -> String { Fixture.root.appendingPathComponent(name).path }

    static func sample(_ name: String) -> String { path("models/samples/\(name).png") }

    static func sampleBytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: sample(name))) }

    /// The shipped model with some of its numbers changed, its checksum made anew.
    static func altered(
        sample: (inout SampleAnswers) -> Void = { _ in },
        tensors change: (TensorSpecification, inout [Float]) -> Void = { _, _ in }
    ) throws -> [UInt8] {
        let file = try ModelFile(path: model)
        var description = file.description
        sample(&description.sample!)
        let tensors = try description.graph.tensors.map { specification in
            guard specification.role != .index else {
                return TensorData(
                    name: specification.name, shape: specification.shape,
                    elements: .int32(Array(try file.indices(specification.name))))
            }
            var floats = Array(try file.floats(specification.name))
            change(specification, &floats)
            return TensorData(name: specification.name, shape: specification.shape, elements: .float32(floats))
        }
        return try ModelFile.bytes(description, tensors: tensors)
    }

    /// A model whose answer to every image is not a number.
    static func answeringNaN() throws -> [UInt8] {
        try altered(tensors: { specification, floats in
            guard specification.name.hasSuffix("classifier.weight") else { return }
            let inputs = specification.shape[1]
            for input in 0..<inputs { floats[3 * inputs + input] = input % 2 == 0 ? 3e38 : -3e38 }
        })
    }
}

/// A program's JSON, read by a parser that is not the program's.
struct JSON {
    private let value: Any

    init(_ text: String) throws { value = try JSONSerialization.jsonObject(with: Data(text.utf8)) }

    private init(value: Any) { self.value = value }

    /// An object's member.
    subscript(name: String) -> JSON? { (value as? [String: Any])?[name].map(JSON.init(value:)) }

    /// An array's element.
    subscript(index: Int) -> JSON { JSON(value: (value as! [Any])[index]) }

    /// The number of an array's elements.
    var count: Int { elements.count }
    /// An array's elements.
    var elements: [JSON] { ((value as? [Any]) ?? []).map(JSON.init(value:)) }
    /// The names of an object's members.
    var names: Set<String> { Set((value as? [String: Any])?.keys.map { $0 } ?? []) }
    var string: String? { value as? String }
    var int: Int? { (value as? NSNumber)?.intValue }
    var double: Double? { (value as? NSNumber)?.doubleValue }
    var bool: Bool? { (value as? NSNumber)?.boolValue }
}

/// Expects exactly one line on standard error that holds `text`, nothing on standard output, and `code`.
func expectFailure(
    _ result: Program.Result, _ code: Int32, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(result.code == code, "\(result.diagnostics)", sourceLocation: sourceLocation)
    #expect(result.output == "", sourceLocation: sourceLocation)
    #expect(result.diagnostics.hasPrefix("error: "), "\(result.diagnostics)", sourceLocation: sourceLocation)
    #expect(result.diagnostics.contains(text), "\(result.diagnostics)", sourceLocation: sourceLocation)
    #expect(result.diagnostics.filter { $0 == "\n" }.count == 1, sourceLocation: sourceLocation)
}
