import ArgumentParser
import Classifying
import CommandLineSupport
import CondenseNet
import Foundations
import Glibc

/// `condensenet-serve`: images in over HTTP, the likeliest labels out.
package struct ServeCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "condensenet-serve",
        abstract: "Answers requests over HTTP with what condensed CondenseNets say of images.",
        discussion: """
            Listens on this machine alone unless told otherwise, and then wants a token from every client. SIGHUP loads the \
            models anew, SIGTERM answers what has begun and ends.
            """,
        version: "\(CondenseNet.version) (\(KernelSets.summary))")

    @Argument(help: "Model files. A model's name is its file's, without the extension.", completion: .file())
    var models: [String]

    @Option(help: ArgumentHelp("Where to listen: an address and a port.", valueName: "address:port"))
    var listen = "127.0.0.1:8080"

    @Option(help: ArgumentHelp("A file with the token that clients present.", valueName: "file"), completion: .file())
    var tokenFile: String?

    @Flag(help: "Let everyone who reaches the address ask, without a token.")
    var noAuthentication = false

    @Option(help: ArgumentHelp("Images that are classified at once, 1 to 64.", valueName: "n"))
    var workers = 1

    @Option(help: ArgumentHelp("Threads that share each image, 1 to 64.", valueName: "n"))
    var threads = 1

    @Option(help: ArgumentHelp("Requests that may wait, 1 to 4096; more are refused at once.", valueName: "n"))
    var queue = 64

    @OptionGroup var stream: FrameOptions

    @Option(
        help: ArgumentHelp("Also classify files as they appear in this folder and those below.", valueName: "folder"),
        completion: .directory)
    var watch: String?

    @Flag(help: "Write a line for each request to standard error.")
    var logRequests = false

    package init() {}

    package func validate() throws {
        guard ListenAddress(listen) != nil else {
            throw ValidationError("--listen: expected an address and a port, such as 127.0.0.1:8080, found \(listen)")
        }
        for (name, value, range) in [
            ("workers", workers, 1...64), ("threads", threads, 1...64), ("queue", queue, 1...4096),
        ]
        where !range.contains(value) {
            throw ValidationError("--\(name): expected \(range.lowerBound) to \(range.upperBound), found \(value)")
        }
        guard tokenFile == nil || !noAuthentication else {
            throw ValidationError("expected --token-file or --no-authentication, found both")
        }
        guard ListenAddress(listen)!.isLoopback || tokenFile != nil || noAuthentication else {
            throw ValidationError("--listen: others can reach \(listen): expected --token-file or --no-authentication")
        }
        guard stream.format == nil || watch == nil else {
            throw ValidationError("expected --frames or --watch, found both")
        }
    }

    package func run() throws {
        let address = ListenAddress(listen)!
        let token = try tokenFile.map(AccessToken.init(path:))
        let store = try ModelStore(paths: models, workers: workers, threads: threads)
        // Every thread that is started from here on leaves signals to this one.
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGHUP, SIGINT, SIGTERM] { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        let pool = WorkerPool(count: workers, limit: queue)
        guard pool.count == workers else {
            throw CommandFailure(.internal, "could start only \(pool.count) of \(Format.counted(workers, "worker"))")
        }
        let service = Service(
            models: store, workers: pool,
            imageLimits: HTTPLimits.images(atOnce: workers + (stream.format == nil && watch == nil ? 0 : 1)),
            token: token,
            isLocal: address.isLoopback && token == nil && !noAuthentication)
        let (socket, url) = try address.listen(listen)
        let server = try Server(listener: socket, service: service, logsRequests: logRequests)
        let source = try liveSource(service)
        Task { await Self.serve(server) }
        StandardError.write(line: "listening on \(url)")
        for source in store.sources { try store.load(source) }
        StandardError.write(line: "ready: \(store.sources.map(\.name).joined(separator: ", "))")
        source?.start()
        wait(for: signals, server, store)
    }

    /// Serves until it has been drained, and ends the process.
    private static func serve(_ server: Server) async {
        do {
            try await server.run()
        } catch {
            CommandFailure(error, path: "server").report()
        }
        Glibc.exit(server.isInterrupted ? CommandFailure.Code.interrupted.rawValue : 0)
    }

    /// Does what signals ask for, until one ends the process.
    private func wait(for signals: sigset_t, _ server: Server, _ store: ModelStore) -> Never {
        var signals = signals
        while true {
            var signal: Int32 = 0
            guard sigwait(&signals, &signal) == 0 else { continue }
            guard signal == SIGHUP else {
                // A second one ends the process at once.
                if server.isDraining { _exit(128 + signal) }
                StandardError.write(line: "ending: answering what has begun")
                server.drain(isInterrupted: signal == SIGINT)
                continue
            }
            for source in store.sources {
                do {
                    try store.load(source)
                    StandardError.write(line: "\(source.name): loaded anew")
                    server.service.metrics.countReload(succeeded: true)
                } catch {
                    CommandFailure(error, path: source.path).warn()
                    StandardError.write(line: "\(source.name): the model that was loaded before stays")
                    server.service.metrics.countReload(succeeded: false)
                }
            }
        }
    }

    private func liveSource(_ service: Service) throws -> LiveSource? {
        if let frames = stream.format {
            let source = try FrameStream(descriptor: 0, format: frames, takesEveryFrame: stream.everyFrame)
            return LiveSource("standard input", service: service) { try source.next().map { SourceImage($0, frames) } }
        }
        guard let watch else { return nil }
        let folder = try FolderWatch(watch, poll: nil)
        return LiveSource(watch, service: service) { try folder.next().map { SourceImage(name: $0) } }
    }
}
