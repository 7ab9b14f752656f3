import CondenseNet
import CondenseNetC
import Glibc
import ImageInput
import Synchronization

/// What a session's handle stands for: it serves one call at a time.
final class OpenSession: @unchecked Sendable {
    let model: OpenModel
    private let process = getpid()
    private let classifier: Classifier
    private let isBusy = Mutex(())

    init(_ model: OpenModel, threads: Int) throws {
        self.model = model
        classifier = try Classifier(try Session(plan: model.plan, threads: threads))
    }

    /// Does `body`, which alone uses the session meanwhile.
    ///
    /// - Throws: `InterfaceError` in a process other than the one that opened the session, whose threads and locks are not
    ///   here; and what `body` throws.
    func use(_ body: (Classifier, OpenModel) throws -> Void) throws {
        guard getpid() == process else {
            throw InterfaceError("session: expected one that this process has opened, found one from before a fork")
        }
        try isBusy.withLock { _ in try body(classifier, model) }
    }

    static func find(_ handle: OpaquePointer?) throws -> OpenSession { try HandleTable.find(handle, "session") }

    static func close(_ handle: OpaquePointer) throws {
        let session: OpenSession = try HandleTable.remove(handle, "session")
        // Its threads belong to another process, so that to wait for them would take for ever.
        if getpid() != session.process { _ = Unmanaged.passRetained(session) }
    }

    /// Classifies what `prepare` brings to the network's input, and writes the likeliest classes.
    static func classify(
        _ handle: OpaquePointer?, _ predictions: UnsafeMutablePointer<condensenet_prediction>?, _ capacity: Int,
        _ count: UnsafeMutablePointer<Int>?, _ prepare: (Classifier) throws -> Void
    ) -> condensenet_status {
        attempt(CONDENSENET_ERROR_IMAGE) {
            count?.pointee = 0
            let room = try buffer(UnsafePointer(predictions), capacity, "predictions").count
            try find(handle).use { classifier, model in
                try prepare(classifier)
                let found = try classifier.predict(top: room)
                for (place, prediction) in found.enumerated() {
                    predictions![place] = condensenet_prediction(
                        index: Int32(prediction.index), probability: prediction.probability,
                        label: model.labels[prediction.index])
                }
                count?.pointee = found.count
            }
        }
    }

    /// Runs the network for each image of `input`; `row` writes what comes of it to `width` floats.
    static func run(
        _ handle: OpaquePointer?, _ input: UnsafePointer<Float>?, _ inputCount: Int,
        _ output: UnsafeMutablePointer<Float>?,
        _ outputCount: Int, name: String, width: (OpenModel) throws -> Int,
        row: (Session, UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) throws -> Void
    ) -> condensenet_status {
        attempt(CONDENSENET_ERROR_INTERNAL) {
            let input = try buffer(input, inputCount, "input")
            _ = try buffer(UnsafePointer(output), outputCount, name)
            try find(handle).use { classifier, model in
                let (size, width) = (model.plan.model.description.inputShape.count, try width(model))
                let (images, rest) = inputCount.quotientAndRemainder(dividingBy: size)
                guard images > 0, rest == 0 else {
                    throw InterfaceError("input: expected a multiple of \(size) floats, found \(inputCount)")
                }
                let expected = images.multipliedReportingOverflow(by: width)
                guard !expected.overflow, outputCount == expected.partialValue else {
                    throw InterfaceError(
                        "\(name): expected room for \(images) x \(width) floats, found \(outputCount)")
                }
                let rows = UnsafeMutableBufferPointer(start: output, count: outputCount)
                for image in 0..<images {
                    try row(
                        classifier.session, UnsafeBufferPointer(rebasing: input[(image * size)...].prefix(size)),
                        UnsafeMutableBufferPointer(rebasing: rows[(image * width)...].prefix(width)))
                }
            }
        }
    }
}

/// See `condensenet_session_open` in `condensenet.h`.
@_cdecl("condensenet_session_open")
public func openSession(
    model: OpaquePointer?, threads: Int32, session: UnsafeMutablePointer<OpaquePointer?>?
) -> condensenet_status {
    attempt(CONDENSENET_ERROR_MODEL) {
        let session = try require(session, "session")
        session.pointee = nil
        session.pointee = HandleTable.add(try OpenSession(try OpenModel.find(model), threads: Int(threads)))
    }
}

/// See `condensenet_session_close` in `condensenet.h`.
@_cdecl("condensenet_session_close")
public func closeSession(session: OpaquePointer?) -> condensenet_status {
    attempt(CONDENSENET_ERROR_INTERNAL) { if let session { try OpenSession.close(session) } }
}

/// See `condensenet_classify_file` in `condensenet.h`.
@_cdecl("condensenet_classify_file")
public func classifyFile(
    session: OpaquePointer?, path: UnsafePointer<CChar>?, predictions: UnsafeMutablePointer<condensenet_prediction>?,
    capacity: Int, count: UnsafeMutablePointer<Int>?
) -> condensenet_status {
    OpenSession.classify(session, predictions, capacity, count) {
        try $0.prepare(try RGBImage.decode(path: try text(path)))
    }
}

/// See `condensenet_classify_bytes` in `condensenet.h`.
@_cdecl("condensenet_classify_bytes")
public func classifyBytes(
    session: OpaquePointer?, bytes: UnsafePointer<UInt8>?, byteCount: Int,
    predictions: UnsafeMutablePointer<condensenet_prediction>?, capacity: Int, count: UnsafeMutablePointer<Int>?
) -> condensenet_status {
    OpenSession.classify(session, predictions, capacity, count) {
        let bytes = UnsafeRawBufferPointer(try buffer(bytes, byteCount, "bytes"))
        try $0.prepare(try RGBImage.decode(bytes: bytes, name: "image"))
    }
}

/// See `condensenet_classify_frame` in `condensenet.h`.
@_cdecl("condensenet_classify_frame")
public func classifyFrame(
    session: OpaquePointer?, frame: UnsafePointer<condensenet_frame>?,
    predictions: UnsafeMutablePointer<condensenet_prediction>?, capacity: Int, count: UnsafeMutablePointer<Int>?
) -> condensenet_status {
    OpenSession.classify(session, predictions, capacity, count) {
        try $0.prepare(try Frame(try require(frame, "frame").pointee))
    }
}

/// See `condensenet_logits` in `condensenet.h`.
@_cdecl("condensenet_logits")
public func logits(
    session: OpaquePointer?, input: UnsafePointer<Float>?, inputCount: Int, logits: UnsafeMutablePointer<Float>?,
    logitCount: Int
) -> condensenet_status {
    OpenSession.run(
        session, input, inputCount, logits, logitCount, name: "logits", width: { $0.labels.count },
        row: { try $0.run($1, into: $2) })
}

/// See `condensenet_features` in `condensenet.h`.
@_cdecl("condensenet_features")
public func features(
    session: OpaquePointer?, input: UnsafePointer<Float>?, inputCount: Int, features: UnsafeMutablePointer<Float>?,
    featureCount: Int
) -> condensenet_status {
    OpenSession.run(
        session, input, inputCount, features, featureCount, name: "features", width: { try $0.plan.featureCount },
        row: {
            guard $0.plan.options.retainsValues else {
                throw InterfaceError("model: expected one that was opened with CONDENSENET_FEATURES")
            }
            _ = try $0.logits($1)
            _ = $2.update(from: try $0.features())
        })
}
