import Foundation

/// A program built with the tests, run as its users run it.
public enum Program {
    /// What a run left behind.
    public struct Result: Sendable {
        /// The exit code, or minus the signal that ended the program.
        public let code: Int32
        /// What the program wrote to standard output.
        public let output: String
        /// What the program wrote to standard error.
        public let diagnostics: String
    }

    /// The program has not been built.
    public struct NotBuilt: Error { let path: String }

    /// Runs the program `name` to its end.
    ///
    /// - Parameters:
    ///   - input: what it finds on standard input.
    ///   - output: where standard output goes; `nil` collects it.
    public static func run(
        _ name: String, _ arguments: [String], input: String = "", output: FileHandle? = nil
    ) throws -> Result {
        try RunningProgram(try url(name), arguments, input: input, output: output).wait()
    }

    /// Runs the program `name` to its end from a shell.
    ///
    /// - Parameter script: a line for bash, in which `"$@"` is the program with its arguments.
    public static func run(_ name: String, _ arguments: [String], shell script: String) throws -> Result {
        let command = ["-c", script, "bash", try url(name).path] + arguments
        return try run(at: "/bin/bash", command)
    }

    /// Runs the program at `path`, any of the system's, to its end.
    public static func run(at path: String, _ arguments: [String]) throws -> Result {
        try RunningProgram(URL(fileURLWithPath: path), arguments, input: "", output: nil).wait()
    }

    /// What the program `name` shows in a pseudo-terminal of `columns`, by the system's `script`; every drawing of a progress
    /// bar is a line of its own.
    ///
    /// - Parameter diagnostics: whether standard error leads there too; a line that names a file is as long as the name.
    /// - Throws: `Failed` unless the program succeeds.
    public static func lines(
        of name: String, _ arguments: [String], columns: Int, diagnostics: Bool = false
    ) throws -> [String] {
        let program = ([try url(name).path] + arguments).map { "'\($0)'" }.joined(separator: " ")
        let result = try run(
            at: "/usr/bin/script",
            ["-qec", "stty cols \(columns) rows 50; exec \(program)\(diagnostics ? "" : " 2>/dev/null")", "/dev/null"])
        guard result.code == 0 else { throw Failed(output: result.output) }
        let text = result.output.replacing("\u{1B}[K", with: "").replacing("\r\n", with: "\n").replacing(
            "\r", with: "\n")
        return text.split(separator: "\n").map(String.init)
    }

    /// The program has failed in its terminal.
    public struct Failed: Error { let output: String }

    /// Whether ``runWithoutPrivileges(_:_:)`` can take the superuser's power away, or has none to take.
    public static let canDropPrivileges = geteuid() != 0 || FileManager.default.isExecutableFile(atPath: setpriv)
    private static let setpriv = "/usr/bin/setpriv"

    /// Runs the program `name` to its end without the superuser's power to read and write files whatever their mode.
    public static func runWithoutPrivileges(_ name: String, _ arguments: [String]) throws -> Result {
        guard geteuid() == 0 else { return try run(name, arguments) }
        let limits = ["--bounding-set=-dac_override,-dac_read_search", try url(name).path]
        return try run(at: setpriv, limits + arguments)
    }

    /// Starts the program `name`.
    public static func start(_ name: String, _ arguments: [String]) throws -> RunningProgram {
        try RunningProgram(try url(name), arguments, input: "", output: nil)
    }

    /// The program beside the test bundle, in the folder of the same build.
    public static func url(_ name: String) throws -> URL {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        var folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
        while folder.path != "/" {
            let program = folder.appendingPathComponent(name)
            if FileManager.default.isExecutableFile(atPath: program.path) { return program }
            folder.deleteLastPathComponent()
        }
        throw NotBuilt(path: name)
    }
}

/// A program that has been started.
public final class RunningProgram {
    /// A condition did not come true in time.
    public struct TooLate: Error, CustomStringConvertible {
        /// Whether the program was still running, and what it had written.
        public let description: String
    }

    private let process = Process()
    private let folder: TemporaryFolder

    fileprivate init(_ url: URL, _ arguments: [String], input: String, output: FileHandle?) throws {
        // Files, unlike pipes, never fill.
        folder = try TemporaryFolder()
        func handle(_ name: String, _ content: String) throws -> FileHandle {
            try FileHandle(forUpdating: URL(fileURLWithPath: try folder.write(content.utf8, to: name)))
        }
        process.executableURL = url
        process.arguments = arguments
        process.standardInput = try handle("input", input)
        process.standardOutput = try output ?? handle("output", "")
        process.standardError = try handle("diagnostics", "")
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// The program's process.
    public var processIdentifier: Int32 { process.processIdentifier }
    /// Whether the program has not ended.
    public var isRunning: Bool { process.isRunning }
    /// What the program has written to standard output.
    public var output: String { text("output") }
    /// What the program has written to standard error.
    public var diagnostics: String { text("diagnostics") }

    private func text(_ name: String) -> String {
        String(decoding: (try? folder.bytes(name)) ?? [], as: UTF8.self)
    }

    /// Sends a signal.
    public func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits until `condition` holds.
    ///
    /// - Throws: `TooLate` after ten minutes, or when the program ends first.
    public func wait(until condition: (RunningProgram) throws -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: 600)
        while try !condition(self) {
            guard Date() < deadline, isRunning else {
                throw TooLate(description: "\(isRunning ? "running" : "ended"): \(output)\(diagnostics)")
            }
            usleep(5000)
        }
    }

    /// Waits for the program's end.
    public func wait() -> Program.Result {
        process.waitUntilExit()
        let isExit = process.terminationReason == .exit
        return Program.Result(
            code: isExit ? process.terminationStatus : -process.terminationStatus, output: output,
            diagnostics: diagnostics)
    }
}
