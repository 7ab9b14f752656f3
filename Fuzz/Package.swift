// swift-tools-version: 6.0
import PackageDescription

/// Fuzz targets, a package of their own so that users of the library never build them. `Fuzz/run` builds and runs them.
let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "condensenet", path: "..")],
    targets: [
        fuzzer("fuzz-model", "Model", ["CondenseNet"]),
        fuzzer("fuzz-checkpoint", "Checkpoint", ["Condenser"]),
        fuzzer("fuzz-image", "Image", ["CondenseNet"]),
        fuzzer("fuzz-request", "Request", ["Serving"]),
        fuzzer("fuzz-converter", "Converter", ["CondenseNet", "Condenser"]),
    ],
    cxxLanguageStandard: .cxx17
)

/// The function `main` is libFuzzer's.
func fuzzer(_ name: String, _ folder: String, _ products: [String]) -> Target {
    .executableTarget(
        name: name, dependencies: products.map { .product(name: $0, package: "condensenet") },
        path: "Targets/\(folder)", swiftSettings: [.unsafeFlags(["-parse-as-library"])])
}
