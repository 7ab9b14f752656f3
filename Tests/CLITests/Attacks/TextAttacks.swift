import TestSupport
import Testing

/// Class 6: text that Swift would compare or search in quadratic time, in every file of text that the program reads.
struct TextAttacks {
    /// Marks in an order that is not the canonical one.
    private static let marks =
        String(repeating: "\u{301}", count: 100_000) + String(repeating: "\u{323}", count: 100_000)

    /// However long what was asked for is, its middle is left out of the answer.
    @Test func longArguments() throws {
        let long = String(repeating: "p", count: 100_000)
        for arguments in [
            [long], ["inspect", long], ["inspect", Shipped.model, long], ["bench", Shipped.model, "--cpus", long],
            ["evaluate", Shipped.model, long], ["classify", Shipped.model, long], ["report", long],
        ] {
            let result = try Program.run("condensenet", arguments)
            #expect(result.code != 0 && result.diagnostics.utf8.count < 20_000, "\(arguments[0].prefix(10))")
            #expect(result.diagnostics.hasPrefix("error: "))
        }
    }

    @Test(.timeLimit(.minutes(10)), arguments: ["model", "warnings", "os"])
    func report(member: String) throws {
        func result(_ text: String) -> String {
            let members = [
                "model": "\"m\"", "threads": "1", "macs": "1", "samples_ms": "[1.0]", "circumstances": "{}",
            ].merging(member == "model" ? ["model": "\"\(text)\""] : [:]) { $1 }
                .merging(member == "warnings" ? ["circumstances": "{\"warnings\":[\"\(text)\"]}"] : [:]) { $1 }
                .merging(member == "os" ? ["circumstances": "{\"os\":\"\(text)\"}"] : [:]) { $1 }
            return "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
        }
        let folder = try TemporaryFolder()
        let reversed = String(String.UnicodeScalarView(Self.marks.unicodeScalars.reversed()))
        let json = "[\(result(Self.marks)),\(result(reversed))]"
        let file = try folder.write(json.utf8, to: "report.json")
        let answer = try Program.run("condensenet", ["report", file, "-o", folder.path("report.html")])
        Attack.expect(answer, code: 65, "combining characters")
        #expect(folder.files == ["report.json"])
    }

    @Test(.timeLimit(.minutes(10)), arguments: ["marks", "é", "a byte too many"])
    func arrayHeader(kind: String) throws {
        let text = ["marks": Self.marks, "é": "é"][kind] ?? String(repeating: " ", count: 10_001 - 75)
        var header = Array("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3, 32, 32), 'x': '\(text)'}\n".utf8)
        if kind == "a byte too many" { try #require(header.count == 10_001) }
        header.insert(contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }, at: 0)
        let folder = try TemporaryFolder()
        let file = try folder.write([0x93] + Array("NUMPY\u{2}\u{0}".utf8) + header, to: "x.npy")
        let arguments = ["run", Attack.smallModel, "--input", file, "--output", folder.path("y.npy")]
        Attack.expect(
            try Program.run("condensenet", arguments), code: 65, "expected a header of at most 10000 ASCII characters")
    }
}
