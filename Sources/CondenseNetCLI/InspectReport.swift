import CommandLineSupport
import CondenseNet
import Foundations
import ModelFormat

/// The content of `inspect`, as a table or as JSON.
struct InspectReport {
    let model: Model
    let plan: ExecutionPlan?
    /// Whether layers are left out.
    let isShort: Bool

    private var description: ModelDescription { model.description }

    /// For people.
    ///
    /// - Parameter width: columns of the terminal, beyond which no line goes; `nil` for any number.
    func text(width: Int?) -> String {
        if isShort { return summary.wrapped(width: width) + "\n" }
        var text = "\(description.name)\n"
        func line(_ title: String, _ value: String) {
            let margin = String(repeating: " ", count: 16)
            let lines = value.wrapped(width: width.map { max($0 - margin.count, 20) }).split(separator: "\n")
            text += "  " + title + margin.dropLast(title.count + 2) + lines.joined(separator: "\n" + margin) + "\n"
        }
        line("input", description.inputShape.description)
        line("classes", "\(description.classes)")
        line("parameters", Format.grouped(description.graph.parameters))
        line("MACs", "\(Format.grouped(model.multiplyAccumulates))  (convolutions and linear layers)")
        line(
            "paper FLOPs",
            "\(Format.grouped(description.graph.paperFLOPs))  (\(Format.millions(description.graph.paperFLOPs)))")
        line("weights", weights)
        line(
            "file",
            "\(Format.grouped(model.fileBytes)) bytes" + (model.precision == .f32 ? "" : ", \(weightType) weights"))
        if !description.labels.isEmpty { line("labels", labels) }
        line("preprocessing", preprocessing)
        if let plan {
            line("arena", Format.bytes(plan.arenaBytes))
            line("packed", Format.bytes(plan.packedBytes))
            line("scratch", "\(Format.bytes(plan.scratchBytes)) a thread")
        }
        return text + "\n" + table.text(width: width)
    }

    private var summary: String {
        let graph = description.graph
        return [
            "\(description.name): \(description.inputShape)", Format.counted(description.classes, "class"),
            "\(Format.grouped(graph.parameters)) parameters", "\(Format.millions(model.multiplyAccumulates)) MACs",
            "\(weightType) weights", Format.bytes(model.fileBytes),
            model.weights == .trained ? nil : "random weights",
        ].compactMap { $0 }.joined(separator: ", ")
    }

    private var weightType: String {
        switch model.precision {
        case .f32: "float32"
        case .f16: "half-precision"
        case .int8: "int8"
        }
    }

    private var weights: String {
        switch model.weights {
        case .random(let seed): "random, seed \(seed)"
        case .trained:
            if let provenance = description.provenance {
                "\(provenance.source), SHA-256 \(provenance.sourceSHA256.prefix(16))…, \(provenance.converter)"
            } else {
                "trained"
            }
        }
    }

    /// As many labels as fit on a line.
    private var labels: String {
        var text = ""
        for label in description.labels {
            guard text.count + label.count < 90 else { return text + ", …" }
            text += (text.isEmpty ? "" : ", ") + label
        }
        return text
    }

    private var preprocessing: String {
        let preprocessing = description.preprocessing
        return [
            preprocessing.resize.map { "resize \($0)" }, preprocessing.crop.map { "crop \($0)" },
            preprocessing.colorOrder.rawValue, "mean \(preprocessing.mean)", "std \(preprocessing.std)",
        ].compactMap { $0 }.joined(separator: ", ")
    }

    private var table: TextTable {
        if let plan { return Self.table(plan) }
        var table = TextTable([
            .left("layer"), .left("operation"), .right("input", rank: 4), .right("output", rank: 2),
            .right("parameters", rank: 1), .right("MACs"), .right("paper FLOPs", rank: 3),
        ])
        for step in description.graph.steps {
            let shapes = description.graph.shapes(of: step)
            table.append([
                step.name, step.operation.summary, shapes.input.description, shapes.output.description,
                Format.grouped(step.source.parameters), Format.grouped(shapes.multiplyAccumulates),
                Format.grouped(step.source.paperFLOPs),
            ])
        }
        return table
    }

    private static func table(_ plan: ExecutionPlan) -> TextTable {
        var table = TextTable([
            .left("step"), .left("kernel"), .right("input", rank: 5), .right("output", rank: 2),
            .right("MACs", rank: 1),
            .right("activations", rank: 4), .right("packed", rank: 3), .right("arena offset", rank: 6),
        ])
        for step in plan.steps {
            table.append([
                step.name, step.kernel, step.shapes.first!.input.description,
                step.shapes.last!.output.description, Format.grouped(step.multiplyAccumulates),
                Format.bytes(step.activationBytes),
                Format.bytes(step.packedBytes), Format.grouped(step.arenaOffset),
            ])
        }
        return table
    }

    /// For programs; documented in docs/command-line.md.
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("schema_version", 1),
            .init("name", .string(description.name)),
            .init("parameters", .integer(description.graph.parameters)),
            .init("macs", .integer(model.multiplyAccumulates)),
            .init("paper_flops", .integer(description.graph.paperFLOPs)),
            .init("input", description.inputShape.json),
            .init("classes", .integer(description.classes)),
            .init("random_weights", .bool(model.weights != .trained)),
            .init("half_precision", .bool(model.isHalfPrecision)),
            .init("precision", .string(model.precision.rawValue)),
            .init("file_bytes", .integer(model.fileBytes)),
            .init("labels", .array(description.labels.map(JSONValue.string))),
            .init("preprocessing", preprocessingJSON),
        ]
        if let provenance = description.provenance {
            members.append(
                .init(
                    "provenance",
                    [
                        "source": .string(provenance.source), "source_sha256": .string(provenance.sourceSHA256),
                        "converter": .string(provenance.converter),
                    ]))
        }
        if let checksum = model.checksum { members.append(.init("crc32", .string(checksum))) }
        if let plan {
            members.append(.init("arena_bytes", .integer(plan.arenaBytes)))
            members.append(.init("packed_bytes", .integer(plan.packedBytes)))
            members.append(.init("scratch_bytes_per_thread", .integer(plan.scratchBytes)))
        }
        if !isShort { members.append(.init("layers", .array(description.graph.steps.map(layer)))) }
        if let plan { members.append(.init("plan", .array(plan.steps.map(Self.planned)))) }
        return .object(members)
    }

    private var preprocessingJSON: JSONValue {
        let preprocessing = description.preprocessing
        return [
            "resize": preprocessing.resize.map(JSONValue.integer) ?? .null,
            "crop": preprocessing.crop.map(JSONValue.integer) ?? .null,
            "color_order": .string(preprocessing.colorOrder.rawValue),
            "mean": .array(preprocessing.mean.map(JSONValue.float)),
            "std": .array(preprocessing.std.map(JSONValue.float)),
        ]
    }

    private static func planned(_ step: PlannedStep) -> JSONValue {
        [
            "steps": .array(step.names.map(JSONValue.string)),
            "kernel": .string(step.kernel),
            "input": step.shapes.first!.input.json,
            "output": step.shapes.last!.output.json,
            "macs": .integer(step.multiplyAccumulates),
            "activation_bytes": .integer(step.activationBytes),
            "packed_bytes": .integer(step.packedBytes),
            "arena_offset": .integer(step.arenaOffset),
        ]
    }

    private func layer(_ step: Step) -> JSONValue {
        let shapes = description.graph.shapes(of: step)
        var members: [JSONValue.Member] = [
            .init("name", .string(step.name)),
            .init("operation", .string(step.operation.word)),
            .init("input", shapes.input.json),
            .init("output", shapes.output.json),
            .init("parameters", .integer(step.source.parameters)),
            .init("macs", .integer(shapes.multiplyAccumulates)),
            .init("paper_flops", .integer(step.source.paperFLOPs)),
        ]
        if case let convolution as Convolution = step.operation {
            members.append(.init("kernel_size", .integer(convolution.kernel)))
            members.append(.init("stride", .integer(convolution.stride)))
            members.append(.init("groups", .integer(convolution.groups)))
        }
        return .object(members)
    }
}

extension PlaneShape {
    fileprivate var json: JSONValue { [.integer(channels), .integer(height), .integer(width)] }
}

extension ModelFormat.Operation {
    /// The operation with its numbers, in a few characters.
    fileprivate var summary: String {
        switch self {
        case let convolution as Convolution:
            "conv \(convolution.kernel)×\(convolution.kernel)"
                + (convolution.stride > 1 ? " /\(convolution.stride)" : "")
                + (convolution.groups > 1 ? ", \(convolution.groups) groups" : "")
                + (convolution.preActivation.gather != nil ? ", gather" : "")
        case let pooling as Pooling:
            "\(pooling.kind) pool \(pooling.kernel)×\(pooling.kernel) /\(pooling.stride)"
        case is GlobalAveragePooling: "global average pool"
        case let accumulation as Accumulation: "add conv 1×1, \(accumulation.groups) groups"
        case is SqueezeExcite: "squeeze-excite"
        default: word
        }
    }
}
