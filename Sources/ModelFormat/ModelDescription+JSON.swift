extension ModelDescription {
    /// The members of an architecture file after its format and version.
    var architectureMembers: [JSONValue.Member] {
        [
            .init("name", .string(name)),
            .init("preprocessing", preprocessing.json),
            .init("labels", .array(labels.map(JSONValue.string))),
            .init("graph", graph.json),
        ]
    }
}

extension Preprocessing {
    var json: JSONValue {
        [
            "resize": resize.map(JSONValue.integer) ?? .null,
            "crop": crop.map(JSONValue.integer) ?? .null,
            "mean": .array(mean.map(JSONValue.float)),
            "std": .array(std.map(JSONValue.float)),
            "colorOrder": .string(colorOrder.rawValue),
        ]
    }

    init(json: JSONValue, path: String) throws {
        var members = try JSONMembers(json, path: path)
        resize = try members.integerOrNull("resize")
        crop = try members.integerOrNull("crop")
        mean = try members.floats("mean", count: 3)
        std = try members.floats("std", count: 3)
        let order = try members.string("colorOrder")
        guard let colorOrder = ColorOrder(rawValue: order) else {
            throw ModelFormatError.member(path: "\(path).colorOrder", expected: "RGB or BGR", found: "\"\(order)\"")
        }
        self.colorOrder = colorOrder
        try members.finish()
    }
}

extension Provenance {
    var json: JSONValue {
        [
            "source": .string(source), "sourceSHA256": .string(sourceSHA256), "converter": .string(converter),
        ]
    }

    init(json: JSONValue, path: String) throws {
        var members = try JSONMembers(json, path: path)
        source = try members.string("source")
        sourceSHA256 = try members.string("sourceSHA256")
        converter = try members.string("converter")
        try members.finish()
    }
}

extension SampleAnswers {
    var json: JSONValue {
        [
            "seed": .string(String(seed)),
            "tolerance": .float(tolerance),
            "logits": .array(logits.map(JSONValue.float)),
        ]
    }

    init(json: JSONValue, path: String) throws {
        var members = try JSONMembers(json, path: path)
        let text = try members.string("seed")
        guard let seed = UInt64(text) else {
            throw ModelFormatError.member(path: "\(path).seed", expected: "an unsigned integer", found: "\"\(text)\"")
        }
        self.seed = seed
        let value = try members.value("tolerance")
        guard case .number(let tolerance) = value, tolerance > 0, tolerance < 1 else {
            throw members.mismatch("tolerance", "a number between 0 and 1", value)
        }
        self.tolerance = Float(tolerance)
        logits = try members.floats("logits")
        try members.finish()
    }
}

extension JSONMembers {
    /// An integer, or `nil` for JSON's null; the member must be there.
    fileprivate mutating func integerOrNull(_ name: String) throws -> Int? {
        switch try value(name) {
        case .null: return nil
        case .integer(let integer): return integer
        case let other: throw mismatch(name, "an integer or null", other)
        }
    }
}
