import TestSupport
import Testing

/// Headers of NumPy files, read as NumPy reads them.
struct NumpyHeaderTests {
    private func run(_ header: String) throws -> Program.Result {
        let folder = try TemporaryFolder()
        let text = header + "\n"
        let start: [UInt8] =
            [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count & 0xFF), UInt8(text.utf8.count >> 8)]
        let floats = [UInt8](repeating: 0, count: 4 * 3 * 32 * 32)
        let path = try folder.write(start + Array(text.utf8) + floats, to: "x.npy")
        return try condensenet("run", Shipped.model, "--input", path, "--output", folder.path("y.npy"))
    }

    @Test(arguments: [
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 32, 32), }",
        "{ \"shape\" :(1,3,32,32,),'descr':\"<f4\" , 'fortran_order':False}  ",
        "{'descr': '<f4', 'fortran_order': False, # 'fortran_order': True\n 'shape': (1, 3, 32, 32)}",
        // Of a key that comes twice Python takes the last value.
        "{'descr': '<i4', 'fortran_order': False, 'shape': (1, 3, 32, 32), 'descr': '<f4'}",
    ])
    func headersThatNumPyReads(header: String) throws {
        let result = try run(header)
        #expect(result.code == 0, "\(result.diagnostics)")
    }

    @Test(arguments: [
        (
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 32, 32), 'descr': '<i4'}",
            "element type '<f4', found '<i4'"
        ),
        (
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 32, 32), 'fortran_order': True}",
            "found Fortran order"
        ),
        (
            "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 3, 32, 32)} #'fortran_order': False",
            "found Fortran order"
        ),
        (
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 32, 32), 'more': 1}",
            "found descr, fortran_order, more, shape"
        ),
        ("{'descr': '<f4', 'shape': (1, 3, 32, 32)}", "found descr, shape"),
        ("{'descr': '<f4', 'fortran_order': 0, 'shape': (1, 3, 32, 32)}", "expected True or False"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': [1, 3, 32, 32]}", "expected a shape, a tuple"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (3072)}", "expected a shape, a tuple"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 32, 0x20)}", "found 0x20"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 32, 32)} x", "more after it"),
        ("{'descr': '<f4' 'fortran_order': False, 'shape': (1, 3, 32, 32)}", "no end of the dictionary"),
        ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 3, 32, 32)}", "a structured one"),
        ("('descr', '<f4')", "no dictionary"), ("{'descr: '<f4'}", "expected a header as NumPy writes it"),
        (
            "{'descr': '<f4', 'fortran_order': False, 'shape': (" + String(repeating: "1, ", count: 100) + ")}",
            "at most 64 dimensions, found 100"
        ),
    ])
    func headersThatNumPyRefuses(header: String, message: String) throws {
        let result = try run(header)
        expectFailure(result, 65, message)
        #expect(result.diagnostics.utf8.count < 500)
    }

    /// What the classifier reads, as often as it is asked.
    @Test func features() throws {
        let folder = try TemporaryFolder()
        let model = Shipped.model
        let count = 2 * 3 * 32 * 32
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 32, 32), }"
        let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
        var bytes = start + Array(header.utf8)
        for index in 0..<count { withUnsafeBytes(of: Float(index % 7) / 7) { bytes += $0 } }
        let path = try folder.write(bytes, to: "x.npy")
        let result = try condensenet("run", model, "--input", path, "--output", folder.path("f.npy"), "--features")
        #expect(result.code == 0, "\(result.diagnostics)")
        let features = try NumpyArray(npy: try folder.bytes("f.npy"))
        let layers = try JSON(try condensenet("inspect", model, "--json").output)["layers"]!.elements
        let channels = layers.last!["input"]![0].int!
        #expect(features.shape == [2, channels])
        #expect(features.values.allSatisfy { $0.isFinite } && features.values.contains { $0 != 0 })
    }
}
