import TestSupport
import Testing

/// What the converter shows in a terminal, of which no line is wider.
struct ConverterTerminalTests {
    private func expectFit(_ arguments: [String], _ columns: Int, contains words: [String]) throws {
        let lines = try Program.lines(of: "condensenet-convert", arguments, columns: columns)
        // The last line names the file, as long as its name.
        for line in lines.dropLast() { #expect(line.count <= columns, "\(line)") }
        for word in words { #expect(lines.contains { $0.contains(word) }, "\(word) at \(columns): \(lines)") }
    }

    @Test(arguments: [60, 80, 120, 200]) func verifiedConversion(columns: Int) throws {
        let folder = try TemporaryFolder()
        try expectFit(
            [Fixture.path("imagenet-g8/dense.pth.tar"), "-o", folder.path("m"), "--verify"], columns,
            contains: ["condensation factor", "max |difference|", "relative", "pass", "verified: all"])
    }

    @Test(arguments: [60, 80, 120, 200]) func architecture(columns: Int) throws {
        let folder = try TemporaryFolder()
        try expectFit(
            ["architecture", "--stages", "4-6-8-10-8", "--growth", "8-16-32-64-128", "-o", folder.path("net.json")],
            columns, contains: ["stages", "total"])
    }
}
