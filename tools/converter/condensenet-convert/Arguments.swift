import ArgumentParser
import CommandLineSupport
import Condenser
import Foundations
import ModelFormat

/// Numbers separated by commas.
struct Numbers: ExpressibleByArgument {
    let values: [Float]

    init?(argument: String) {
        guard let values: [Float] = numbers(argument, separator: ",") else { return nil }
        self.values = values
    }
}

/// Whole numbers separated by hyphens, one for each dense block.
struct PerStage: ExpressibleByArgument {
    let values: [Int]

    init?(argument: String) {
        guard let values: [Int] = numbers(argument, separator: "-") else { return nil }
        self.values = values
    }
}

/// `nil` unless each part of `text` is a number.
private func numbers<Number: LosslessStringConvertible>(_ text: String, separator: Character) -> [Number]? {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    let values = parts.compactMap { Number(String($0)) }
    return values.count == parts.count ? values : nil
}

extension Dataset: ExpressibleByArgument {}

extension Architecture.PoolingChoice: ExpressibleByArgument {}

extension Interpolation: ExpressibleByArgument {}

extension Precision: ExpressibleByArgument {}

/// The families of which `architecture` makes networks.
enum NetworkFamily: ExpressibleByArgument {
    /// Networks of dense blocks, of any numbers.
    case dense(NetworkSpecification.Family)
    /// Networks that they are compared with.
    case comparison(ComparisonPreset)

    init?(argument: String) {
        if let family = NetworkSpecification.Family(rawValue: argument) {
            self = .dense(family)
        } else if let preset = ComparisonPreset(rawValue: argument) {
            self = .comparison(preset)
        } else {
            return nil
        }
    }

    static var allValueStrings: [String] {
        NetworkSpecification.Family.allCases.map(\.rawValue) + ComparisonPreset.allCases.map(\.rawValue)
    }

    var defaultValueDescription: String {
        switch self {
        case .dense(let family): family.rawValue
        case .comparison(let preset): preset.rawValue
        }
    }
}

/// Looks at the file that a command is going to write, before the command begins its work.
///
/// - Parameter inputs: what the command reads, and what each is called.
/// - Throws: `CommandFailure` for a path that would replace an input, for `-` and for one where no file can be made.
func checkOutput(_ path: String, inputs: [(what: String, path: String)] = []) throws {
    var outputs = OutputFiles(inputs: inputs)
    try outputs.add("--output", path, .binary)
}
