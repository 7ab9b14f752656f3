import Foundation
import TestSupport
import Testing

/// What holds for every command.
struct RunOptionsTests {
    @Test func version() throws {
        let result = try condensenet("--version")
        #expect(result.code == 0 && result.output.wholeMatch(of: /\d+\.\d+\.\d+ \(kernels: .+\)\n/) != nil)
    }

    @Test func help() throws {
        let result = try condensenet("--help")
        #expect(result.code == 0 && result.diagnostics.isEmpty)
        for command in ["classify", "run", "evaluate", "inspect", "verify"] {
            #expect(result.output.contains("\n  \(command) "), "\(command)")
            let help = try condensenet(command, "--help")
            #expect(help.code == 0 && help.output.contains("USAGE: condensenet \(command) "), "\(command)")
        }
    }

    @Test(arguments: [
        ["--nonsense"], ["nonsense"], ["verify"], ["inspect", "a", "b"], ["run", "a"],
        ["run", "a", "--input", "x", "--output", "y", "--threads", "65"], ["verify", "a", "--threads", "0"],
        ["verify", "a", "--threads=-1"], ["run", "a", "--input", "x", "--output", "y", "--threads", "1000000"],
    ])
    func wrongUse(arguments: [String]) throws {
        let result = try Program.run("condensenet", arguments)
        #expect(result.code == 64 && result.output.isEmpty)
        #expect(result.diagnostics.hasPrefix("error: "), "\(result.diagnostics)")
    }

    @Test func automaticThreads() throws {
        let result = try condensenet("verify", Shipped.model, "--threads", "auto")
        #expect(result.code == 0 && result.output.hasPrefix("pass"))
        #expect(result.diagnostics.wholeMatch(of: /threads: \d+ \(measured\)\n/) != nil, "\(result.diagnostics)")
    }

    @Test func closedStandardOutput() throws {
        let result = try Program.run("condensenet", ["verify", Shipped.model], shell: #"exec "$@" >&-"#)
        #expect(result.code == 74)
        #expect(result.diagnostics == "error: standard output: Bad file descriptor\n")
    }
}
