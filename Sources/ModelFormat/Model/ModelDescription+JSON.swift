import Foundations

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

    /// Reads an architecture file behind its format and version.
    init(architecture members: JSONMembers, version: FormatVersion) throws {
        var members = members
        name = try members.string("name")
        isQuantized = false
        graph = try Graph(json: try members.value("graph"), path: "graph", version: version)
        preprocessing = try Preprocessing(
            json: try members.value("preprocessing"), path: "preprocessing", version: version)
        labels = try members.strings("labels")
        try members.finish()
    }

    /// The metadata of a model file after its checksum, format and version: strings alone, as safetensors has it, so
    /// that all but the name is JSON inside a string.
    ///
    /// - Precondition: there are provenance and sample answers.
    var metadataMembers: [JSONValue.Member] {
        guard let provenance, let sample else {
            preconditionFailure("a model file states where its weights come from and what they answer")
        }
        let nested =
            architectureMembers.dropFirst() + [
                .init("provenance", provenance.json), .init("sample", sample.json),
            ]
        let precision: [JSONValue.Member] = isQuantized ? [.init("precision", .string(Self.quantized))] : []
        return [.init("name", .string(name))] + precision + nested.map { .init($0.name, .string($0.value.text())) }
    }

    /// The word for a network of bytes.
    private static let quantized = "int8"

    /// Reads the metadata of a model file behind its checksum, format and version.
    init(metadata members: JSONMembers, version: FormatVersion) throws {
        var members = members
        func nested(_ name: String) throws -> JSONValue {
            try JSONValue.parse(Array(try members.string(name).utf8), source: name)
        }
        name = try members.string("name")
        let precision = version > .one ? members.optional("precision") : nil
        guard precision == nil || precision == .string(Self.quantized) else {
            throw members.mismatch("precision", Self.quantized, precision!)
        }
        isQuantized = precision != nil
        graph = try Graph(json: try nested("graph"), path: "graph", version: version)
        preprocessing = try Preprocessing(json: try nested("preprocessing"), path: "preprocessing", version: version)
        var labels = try JSONMembers(["labels": try nested("labels")], path: "metadata")
        self.labels = try labels.strings("labels")
        provenance = try Provenance(json: try nested("provenance"), path: "provenance")
        sample = try SampleAnswers(json: try nested("sample"), path: "sample", version: version)
        try members.finish()
    }
}

extension Preprocessing {
    var json: JSONValue {
        let members: JSONValue = [
            "resize": resize.map(JSONValue.integer) ?? .null,
            "crop": crop.map(JSONValue.integer) ?? .null,
            "mean": .array(mean.map(JSONValue.float)),
            "std": .array(std.map(JSONValue.float)),
            "colorOrder": .string(colorOrder.rawValue),
        ]
        guard interpolation != .bilinear, case .object(let list) = members else { return members }
        return .object(list + [.init("interpolation", .string(interpolation.rawValue))])
    }

    init(json: JSONValue, path: String, version: FormatVersion) throws {
        var members = try JSONMembers(json, path: path)
        resize = try members.integerOrNull("resize")
        crop = try members.integerOrNull("crop")
        mean = try members.floats("mean", count: 3)
        std = try members.floats("std", count: 3)
        let order = try members.identifier("colorOrder")
        guard let colorOrder = ColorOrder(rawValue: order) else {
            throw members.mismatch("colorOrder", "RGB or BGR", .string(order))
        }
        self.colorOrder = colorOrder
        interpolation = .bilinear
        if version > .one, let value = members.optional("interpolation") {
            guard case .string(let word) = value, let known = Interpolation(rawValue: word) else {
                throw members.mismatch("interpolation", "bilinear or bicubic", value)
            }
            interpolation = known
        }
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
        sourceSHA256 = try members.identifier("sourceSHA256")
        converter = try members.string("converter")
        try members.finish()
    }
}

extension SampleAnswers {
    var json: JSONValue {
        .object(
            [.init("seed", .string(String(seed))), .init("tolerance", .float(tolerance))]
                + (magnitudeOfTerms.map { [.init("magnitude", .float($0))] } ?? [])
                + [.init("logits", .array(logits.map(JSONValue.float)))])
    }

    init(json: JSONValue, path: String, version: FormatVersion) throws {
        var members = try JSONMembers(json, path: path)
        let text = try members.identifier("seed")
        guard let seed = UInt64(text), String(seed) == text else {
            throw members.mismatch("seed", "a 64-bit unsigned integer in decimal", .string(text))
        }
        self.seed = seed
        let value = try members.value("tolerance")
        guard let tolerance = value.float else { throw members.mismatch("tolerance", "a finite number", value) }
        self.tolerance = tolerance
        if version > .one, let value = members.optional("magnitude") {
            guard let magnitude = value.float else { throw members.mismatch("magnitude", "a finite number", value) }
            magnitudeOfTerms = magnitude
        }
        logits = try members.floats("logits")
        try members.finish()
    }
}
