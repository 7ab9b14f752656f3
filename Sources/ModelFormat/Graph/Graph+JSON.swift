extension Graph {
    /// The graph as JSON, members in a fixed order, defaults left out.
    var json: JSONValue {
        [
            "input": .string(input),
            "output": .string(output),
            "values": .array(values.map(\.json)),
            "steps": .array(steps.map(\.json)),
        ]
    }

    /// Reads a graph; its meaning is checked by `validate`, not here.
    ///
    /// - Parameter path: what the value is, for error messages.
    /// - Throws: `ModelFormatError.member` for a missing, unknown or mistyped member, and for a name that is no identifier.
    init(json: JSONValue, path: String) throws {
        var members = try JSONMembers(json, path: path)
        let values = try members.array("values").enumerated().map { position, json in
            try Value(json: json, path: "\(path).values[\(position)]")
        }
        let steps = try members.array("steps").enumerated().map { position, json in
            try Step(json: json, path: "\(path).steps[\(position)]")
        }
        self.init(
            values: values, steps: steps, input: try members.identifier("input"),
            output: try members.identifier("output"))
        try members.finish()
    }
}

extension Value {
    fileprivate var json: JSONValue {
        [
            "name": .string(name),
            "shape": [.integer(shape.channels), .integer(shape.height), .integer(shape.width)],
        ]
    }

    fileprivate init(json: JSONValue, path: String) throws {
        var members = try JSONMembers(json, path: path)
        name = try members.identifier("name")
        let sides = try members.integers("shape", count: 3)
        shape = PlaneShape(channels: sides[0], height: sides[1], width: sides[2])
        try members.finish()
    }
}

extension Step {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)),
            .init("operation", .string(operation.word)),
            .init("input", .string(input)),
            .init("inputChannels", .integer(inputChannels)),
            .init("output", .string(output)),
        ]
        if outputOffset != 0 { members.append(.init("outputOffset", .integer(outputOffset))) }
        members += operation.members
        members.append(.init("parameters", .integer(source.parameters)))
        members.append(.init("paperFLOPs", .integer(source.paperFLOPs)))
        return .object(members)
    }

    fileprivate init(json: JSONValue, path: String) throws {
        var members = try JSONMembers(json, path: path)
        name = try members.identifier("name")
        input = try members.identifier("input")
        inputChannels = try members.integer("inputChannels")
        output = try members.identifier("output")
        outputOffset = try members.integer("outputOffset", default: 0)
        source = SourceCost(
            parameters: try members.integer("parameters"), paperFLOPs: try members.integer("paperFLOPs"))
        operation = try Operation(reading: &members)
        try members.finish()
    }
}

extension Operation {
    /// The operation's name in the file.
    public var word: String {
        switch self {
        case .convolution: "convolution"
        case .pooling(let pooling): pooling.kind == .maximum ? "maximumPooling" : "averagePooling"
        case .globalAveragePooling: "globalAveragePooling"
        case .addition: "addition"
        case .linear: "linear"
        }
    }

    fileprivate var members: [JSONValue.Member] {
        switch self {
        case .convolution(let convolution):
            convolution.inputStage.members
                + [
                    .init("outputChannels", .integer(convolution.outputChannels)),
                    .init("kernel", .integer(convolution.kernel)),
                    .init("stride", .integer(convolution.stride)),
                    .init("padding", .integer(convolution.padding)),
                    .init("groups", .integer(convolution.groups)),
                ] + flags([("bias", convolution.bias), ("relu", convolution.relu), ("shuffle", convolution.shuffle)])
        case .pooling(let pooling):
            [
                .init("kernel", .integer(pooling.kernel)),
                .init("stride", .integer(pooling.stride)),
                .init("padding", .integer(pooling.padding)),
            ]
        case .globalAveragePooling(let stage): stage.members
        case .addition(let addition): [.init("other", .string(addition.other))] + flags([("relu", addition.relu)])
        case .linear(let linear): [.init("outputs", .integer(linear.outputs))] + flags([("relu", linear.relu)])
        }
    }

    fileprivate init(reading members: inout JSONMembers) throws {
        let word = try members.identifier("operation")
        switch word {
        case "convolution":
            self = .convolution(
                Convolution(
                    inputStage: try InputStage(reading: &members),
                    outputChannels: try members.integer("outputChannels"), kernel: try members.integer("kernel"),
                    stride: try members.integer("stride"), padding: try members.integer("padding"),
                    groups: try members.integer("groups"), bias: try members.flag("bias"),
                    relu: try members.flag("relu"), shuffle: try members.flag("shuffle")))
        case "maximumPooling", "averagePooling":
            self = .pooling(
                Pooling(
                    kind: word == "maximumPooling" ? .maximum : .average, kernel: try members.integer("kernel"),
                    stride: try members.integer("stride"), padding: try members.integer("padding")))
        case "globalAveragePooling": self = .globalAveragePooling(try InputStage(reading: &members))
        case "addition":
            self = .addition(Addition(other: try members.identifier("other"), relu: try members.flag("relu")))
        case "linear":
            self = .linear(Linear(outputs: try members.integer("outputs"), relu: try members.flag("relu")))
        default:
            throw members.mismatch("operation", "a known operation", .string(word))
        }
    }
}

extension InputStage {
    fileprivate var members: [JSONValue.Member] {
        (gather.map { [.init("gather", .integer($0))] } ?? []) + flags([("normalize", normalize)])
    }

    fileprivate init(reading members: inout JSONMembers) throws {
        self.init(gather: try members.optionalInteger("gather"), normalize: try members.flag("normalize"))
    }
}

/// The flags that are set; an absent flag means false.
private func flags(_ pairs: [(String, Bool)]) -> [JSONValue.Member] {
    pairs.filter(\.1).map { .init($0.0, true) }
}
