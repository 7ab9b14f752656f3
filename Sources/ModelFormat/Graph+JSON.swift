extension Graph {
    /// The graph as JSON, members in a fixed order, defaults left out.
    public var json: JSONValue {
        [
            "input": .string(input),
            "output": .string(output),
            "values": .array(
                values.map { value in
                    [
                        "name": .string(value.name),
                        "shape": [
                            .integer(value.shape.channels), .integer(value.shape.height), .integer(value.shape.width),
                        ],
                    ]
                }),
            "steps": .array(steps.map(\.json)),
        ]
    }

    /// Reads a graph; its meaning is checked by `validate`, not here.
    ///
    /// - Parameter path: what the value is, for error messages.
    /// - Throws: `ModelFormatError.member` for a missing, unknown or mistyped member.
    public init(json: JSONValue, path: String) throws {
        var members = try JSONMembers(json, path: path)
        input = try members.string("input")
        output = try members.string("output")
        values = try members.array("values").enumerated().map { position, json in
            var members = try JSONMembers(json, path: "\(path).values[\(position)]")
            let shape = try members.integers("shape", count: 3)
            let value = Value(
                try members.string("name"), PlaneShape(channels: shape[0], height: shape[1], width: shape[2]))
            try members.finish()
            return value
        }
        steps = try members.array("steps").enumerated().map { position, json in
            try Step(json: json, path: "\(path).steps[\(position)]")
        }
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
        name = try members.string("name")
        input = try members.string("input")
        inputChannels = try members.integer("inputChannels")
        output = try members.string("output")
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
        let word = try members.string("operation")
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
            self = .addition(Addition(other: try members.string("other"), relu: try members.flag("relu")))
        case "linear":
            self = .linear(Linear(outputs: try members.integer("outputs"), relu: try members.flag("relu")))
        default:
            throw ModelFormatError.member(
                path: "\(members.path).operation", expected: "a known operation", found: "\"\(word)\"")
        }
    }
}

extension InputStage {
    fileprivate var members: [JSONValue.Member] {
        (gather.map { [.init("gather", .integer($0))] } ?? []) + flags([("normalize", normalize)])
    }

    fileprivate init(reading members: inout JSONMembers) throws {
        let gather: Int? = if case .some = members.peek("gather") { try members.integer("gather") } else { nil }
        self.init(gather: gather, normalize: try members.flag("normalize"))
    }
}

/// The flags that are set; an absent flag means false.
private func flags(_ pairs: [(String, Bool)]) -> [JSONValue.Member] {
    pairs.filter(\.1).map { .init($0.0, true) }
}
