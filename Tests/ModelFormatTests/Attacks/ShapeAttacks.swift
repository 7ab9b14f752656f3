import Foundations
import ModelFormat
import Testing

/// Class 4: shapes and element types that do not fit the data or the graph.
@Suite struct ShapeAttacks {
    private func expectShape(
        _ shape: [JSONValue], _ expected: String, _ found: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expect(
            .tensor(name: "stem.weight", expected: expected, found: found), sourceLocation: sourceLocation
        ) { $0.tensors[0].header["shape"] = .array(shape) }
    }

    @Test(
        arguments: [
            [1 << 32, 1 << 32], [.max, 2], [.max], [1 << 62, 4], [65_536, 65_536, 65_536, 65_536], [(1 << 28) + 1],
        ] as [[Int]])
    func productsThatOverflow(shape: [Int]) {
        expectShape(shape.map(JSONValue.integer), "at most 1073741824 bytes", "shape \(shape)")
    }

    @Test(arguments: [[0], [4, 0, 3, 3], [-4, 3, 3, 3], [-2, -2], [.min, .min], [1, 1, 1, 1, 108]] as [[Int]])
    func dimensionsOutOfRange(shape: [Int]) {
        expectShape(shape.map(JSONValue.integer), "at most 4 dimensions, all positive", "\(shape)")
    }

    @Test(arguments: [([], 4), ([4, 3, 3], 144), ([5, 3, 3, 3], 540), ([107], 428)] as [([Int], Int)])
    func aShapeThatIsNotTheDatasLength(shape: [Int], bytes: Int) {
        expectShape(shape.map(JSONValue.integer), "data up to offset \(bytes)", "432")
    }

    @Test(arguments: [[108], [3, 4, 3, 3], [4, 27], [4, 3, 9, 1], [12, 3, 3]] as [[Int]])
    func aShapeThatIsNotTheGraphs(shape: [Int]) {
        expectShape(shape.map(JSONValue.integer), "shape [4, 3, 3, 3]", "\(shape)")
    }

    @Test func dimensionsThatAreNoIntegers() {
        for (value, found) in [(4.0, "4.0"), (.null, "null"), ("4", "\"4\""), ([4], "an array")]
            as [(JSONValue, String)]
        {
            expect(.member(path: "stem.weight.shape[0]", expected: "an integer", found: found)) {
                $0.tensors[0].header["shape"] = [value, 3, 3, 3]
            }
        }
        expect(.member(path: "stem.weight.shape", expected: "an array", found: "432")) {
            $0.tensors[0].header["shape"] = 432
        }
    }

    @Test(arguments: ["F64", "BF16", "I64", "U8", "BOOL", "f32", "F32\u{301}"])
    func elementTypesThatNobodyReads(type: String) {
        let isName = type.utf8.count < 5
        if isName {
            expect(.tensor(name: "stem.weight", expected: "element type F32, F16, I32 or I8", found: "\"\(type)\"")) {
                $0.tensors[0].header["dtype"] = .string(type)
            }
        } else {
            expect(
                .member(
                    path: "stem.weight.dtype",
                    expected: "a name of 1 to 256 printable ASCII characters without spaces", found: "\"\(type)\"")
            ) { $0.tensors[0].header["dtype"] = .string(type) }
        }
    }

    /// Half the bytes for the same shape.
    @Test func halvesWithTheLengthOfFloats() {
        expect(.tensor(name: "stem.weight", expected: "data up to offset 216", found: "432")) {
            $0.tensors[0].header["dtype"] = "F16"
        }
    }

    @Test func weightsThatAreIntegers() {
        expect(.tensor(name: "stem.weight", expected: "element type F32 or F16", found: "I32")) {
            $0.tensors[0].header["dtype"] = "I32"
        }
    }

    @Test func indicesThatAreFloats() {
        expect(.tensor(name: "last.index", expected: "element type I32", found: "F32")) {
            $0[tensor: "last.index"].header["dtype"] = "F32"
        }
    }
}
