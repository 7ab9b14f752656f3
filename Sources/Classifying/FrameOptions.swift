import ArgumentParser

/// Whether standard input is a stream of frames, and which of them are classified.
package struct FrameOptions: ParsableArguments {
    @Option(
        name: .customLong("frames"),
        help: ArgumentHelp(
            "Standard input is a stream of frames: mjpeg, or pixels such as rgb24:640x480; one answer a frame.",
            valueName: "format"))
    package var format: StreamFormat?

    @Flag(help: "With --frames: classify every frame, not the newest whenever one has been answered.")
    package var everyFrame = false

    package init() {}

    package func validate() throws {
        guard !everyFrame || format != nil else { throw ValidationError("--every-frame: expected --frames as well") }
    }
}
