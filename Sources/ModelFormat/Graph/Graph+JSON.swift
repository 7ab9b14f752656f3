import Foundations

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
    /// - Parameters:
    ///   - path: what the value is, for error messages.
    ///   - version: of the file that holds it.
    /// - Throws: `JSONError.member` for a missing, unknown or mistyped member, and for a name that is no identifier.
    init(json: JSONValue, path: String, version: FormatVersion) throws {
        var members = try JSONMembers(json, path: path)
        let values = try members.array("values").enumerated().map { position, json in
            try Value(json: json, path: "\(path).values[\(position)]")
        }
        let steps = try members.array("steps").enumerated().map { position, json in
            try Step(json: json, path: "\(path).steps[\(position)]", version: version)
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

    fileprivate init(json: JSONValue, path: String, version: FormatVersion) throws {
        var members = try JSONMembers(json, path: path)
        name = try members.identifier("name")
        input = try members.identifier("input")
        inputChannels = try members.integer("inputChannels")
        output = try members.identifier("output")
        outputOffset = try members.integer("outputOffset", default: 0)
        source = SourceCost(
            parameters: try members.integer("parameters"), paperFLOPs: try members.integer("paperFLOPs"))
        operation = try KnownOperations.read(&members, version: version)
        try members.finish()
    }
}
