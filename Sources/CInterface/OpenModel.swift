import CondenseNet
import CondenseNetC
import Foundations
import Glibc
import ModelFormat

/// What a model's handle stands for.
final class OpenModel: @unchecked Sendable {
    let plan: ExecutionPlan
    let name: UnsafeMutablePointer<CChar>
    let precision: UnsafeMutablePointer<CChar>
    /// One for each class.
    let labels: [UnsafeMutablePointer<CChar>]

    init(_ model: Model, flags: UInt32) throws {
        guard flags & ~UInt32(CONDENSENET_FEATURES) == 0 else {
            throw InterfaceError("flags: expected 0 or CONDENSENET_FEATURES, found \(flags)")
        }
        plan = try ExecutionPlan(consuming: model, options: .init(retainsValues: flags & CONDENSENET_FEATURES != 0))
        let description = model.description
        name = try copied(description.name)
        precision = try copied(model.precision.rawValue)
        labels = try (0..<description.classes).map {
            try copied(description.labels.isEmpty ? "\($0)" : description.labels[$0])
        }
    }

    deinit {
        free(name)
        free(precision)
        for label in labels { free(label) }
    }

    static func find(_ handle: OpaquePointer?) throws -> OpenModel { try HandleTable.find(handle, "model") }

    /// Opens a model and writes its handle.
    static func open(
        _ handle: UnsafeMutablePointer<OpaquePointer?>?, flags: UInt32, _ load: () throws -> Model
    ) -> condensenet_status {
        attempt(CONDENSENET_ERROR_MODEL) {
            let handle = try require(handle, "model")
            handle.pointee = nil
            handle.pointee = HandleTable.add(try OpenModel(try load(), flags: flags))
        }
    }
}

/// Text as C has it, up to its first zero byte.
private func copied(_ text: String) throws -> UnsafeMutablePointer<CChar> {
    guard let copy = strdup(text) else { throw MemoryError(bytes: text.utf8.count + 1) }
    return copy
}

/// See `condensenet_version` in `condensenet.h`.
@_cdecl("condensenet_version")
public func libraryVersion() -> UnsafePointer<CChar>? { UnsafePointer(versionText) }

/// See `condensenet_kernel_set` in `condensenet.h`.
@_cdecl("condensenet_kernel_set")
public func kernelSet() -> UnsafePointer<CChar>? {
    value(nil) {
        let chosen = try KernelSets.chosen
        return UnsafePointer(kernelSetTexts.first { $0.set == chosen }?.text)
    }
}

/// See `condensenet_error_message` in `condensenet.h`.
@_cdecl("condensenet_error_message")
public func errorMessage() -> UnsafePointer<CChar>? { UnsafePointer(call_state_message()) }

nonisolated(unsafe) private let versionText = strdup(version)
nonisolated(unsafe) private let kernelSetTexts = KernelSets.built.map { (set: $0, text: strdup($0.rawValue)) }

/// See `condensenet_model_open` in `condensenet.h`.
@_cdecl("condensenet_model_open")
public func openModel(
    path: UnsafePointer<CChar>?, flags: UInt32, model: UnsafeMutablePointer<OpaquePointer?>?
) -> condensenet_status {
    OpenModel.open(model, flags: flags) { try Model(path: try text(path)) }
}

/// See `condensenet_model_open_bytes` in `condensenet.h`.
@_cdecl("condensenet_model_open_bytes")
public func openModel(
    bytes: UnsafePointer<UInt8>?, count: Int, flags: UInt32, model: UnsafeMutablePointer<OpaquePointer?>?
) -> condensenet_status {
    OpenModel.open(model, flags: flags) { try Model(bytes: try buffer(bytes, count, "bytes")) }
}

/// See `condensenet_model_close` in `condensenet.h`.
@_cdecl("condensenet_model_close")
public func closeModel(model: OpaquePointer?) -> condensenet_status {
    attempt(CONDENSENET_ERROR_INTERNAL) {
        if model != nil { let _: OpenModel = try HandleTable.remove(model, "model") }
    }
}

/// See `condensenet_model_name` in `condensenet.h`.
@_cdecl("condensenet_model_name")
public func modelName(model: OpaquePointer?) -> UnsafePointer<CChar>? {
    value(nil) { UnsafePointer(try OpenModel.find(model).name) }
}

/// See `condensenet_model_precision` in `condensenet.h`.
@_cdecl("condensenet_model_precision")
public func modelPrecision(model: OpaquePointer?) -> UnsafePointer<CChar>? {
    value(nil) { UnsafePointer(try OpenModel.find(model).precision) }
}

/// See `condensenet_model_input_shape` in `condensenet.h`.
@_cdecl("condensenet_model_input_shape")
public func modelInputShape(model: OpaquePointer?, shape: UnsafeMutablePointer<Int32>?) -> condensenet_status {
    attempt(CONDENSENET_ERROR_INTERNAL) {
        let (input, shape) = (try OpenModel.find(model).plan.model.description.inputShape, try require(shape, "shape"))
        shape[0] = Int32(input.channels)
        shape[1] = Int32(input.height)
        shape[2] = Int32(input.width)
    }
}

/// See `condensenet_model_classes` in `condensenet.h`.
@_cdecl("condensenet_model_classes")
public func modelClasses(model: OpaquePointer?) -> Int32 {
    value(-1) { Int32(try OpenModel.find(model).labels.count) }
}

/// See `condensenet_model_label` in `condensenet.h`.
@_cdecl("condensenet_model_label")
public func modelLabel(model: OpaquePointer?, index: Int32) -> UnsafePointer<CChar>? {
    value(nil) {
        let labels = try OpenModel.find(model).labels
        guard labels.indices.contains(Int(index)) else {
            throw InterfaceError("index: expected 0 to \(labels.count - 1), found \(index)")
        }
        return UnsafePointer(labels[Int(index)])
    }
}

/// See `condensenet_model_has_labels` in `condensenet.h`.
@_cdecl("condensenet_model_has_labels")
public func modelHasLabels(model: OpaquePointer?) -> Int32 {
    value(-1) { try OpenModel.find(model).plan.model.description.labels.isEmpty ? 0 : 1 }
}

/// See `condensenet_model_features` in `condensenet.h`.
@_cdecl("condensenet_model_features")
public func modelFeatures(model: OpaquePointer?) -> Int32 {
    value(-1) { Int32(try OpenModel.find(model).plan.featureCount) }
}
