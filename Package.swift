// swift-tools-version: 6.0
import Foundation
import PackageDescription

let environment = ProcessInfo.processInfo.environment
func isSet(_ name: String) -> Bool { environment[name] == "1" }

/// Boards build the runtime alone: no converter, hence no Armadillo.
let runtimeOnly = isSet("CONDENSENET_RUNTIME_ONLY") || isSet("AARCH64_BUILD")

// `#if arch` in a manifest speaks of the machine that builds, so an Arm cross build announces itself.
#if arch(x86_64)
    let targetsX86 = !isSet("AARCH64_BUILD")
#else
    let targetsX86 = false
#endif

/// Kernels need AVX2 and FMA on x86-64, or AVX-512 where the build is told so; without FMA in the target a fused
/// multiply-add becomes a library call per lane, so the portable build multiplies and adds instead. AArch64 has all that
/// they need in its baseline.
let buildSettings: [SwiftSetting]
let vectorFlags: [String]
switch (targetsX86, isSet("CONDENSENET_PORTABLE"), isSet("CONDENSENET_AVX512")) {
case (true, true, _): (buildSettings, vectorFlags) = ([.define("CONDENSENET_PORTABLE")], [])
case (true, false, true): (buildSettings, vectorFlags) = ([.define("CONDENSENET_AVX512")], ["-mavx512f", "-mavx512vl"])
case (true, false, false): (buildSettings, vectorFlags) = ([], ["-mavx2"])
case (false, _, _): (buildSettings, vectorFlags) = ([], [])
}
let kernelSettings =
    buildSettings
    + (vectorFlags.isEmpty ? [] : [.unsafeFlags((vectorFlags + ["-mfma"]).flatMap { ["-Xcc", $0] })])
    // An emulator is too slow for whole networks of unoptimised kernels; optimised, they keep every check.
    + (isSet("CONDENSENET_EMULATED") ? [.unsafeFlags(["-O"], .when(configuration: .debug))] : [])

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

var products: [Product] = [
    .library(name: "CondenseNet", targets: ["CondenseNet", "ImageInput", "ModelFormat"]),
    .executable(name: "condensenet", targets: ["CondenseNetCLI"]),
]

var targets: [Target] = [
    .target(name: "CProcessor"),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CVector"),
    .target(name: "Kernels", dependencies: ["CVector"], swiftSettings: kernelSettings),
    .target(name: "Foundations", exclude: ["README.md"]),
    .target(name: "ModelFormat", dependencies: ["CZlib", "Foundations"]),
    .target(
        name: "CondenseNet", dependencies: ["CProcessor", "Foundations", "ImageInput", "Kernels", "ModelFormat"],
        swiftSettings: buildSettings),
    .target(
        name: "CImageCodecs",
        linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png16"), .linkedLibrary("z"), .linkedLibrary("m")]),
    .target(name: "ImageInput", dependencies: ["CImageCodecs", "Foundations"]),
    .target(
        name: "Datasets", dependencies: ["CZlib", "Foundations", "ImageInput", "ModelFormat"], exclude: ["README.md"]),
    .target(name: "Measuring", dependencies: ["CondenseNet", "Foundations", "ModelFormat"], exclude: ["README.md"]),
    .target(
        name: "Report", dependencies: ["CondenseNet", "Foundations", "Measuring", "ModelFormat"],
        exclude: ["README.md"]),
    .target(
        name: "CommandLineSupport", dependencies: ["Foundations", "ModelFormat", argumentParser],
        exclude: ["README.md"]),
    .executableTarget(
        name: "CondenseNetCLI",
        dependencies: [
            "CommandLineSupport", "CondenseNet", "Datasets", "Foundations", "ImageInput", "Measuring", "ModelFormat",
            "Report", argumentParser,
        ]),

    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels", "TestSupport"]),
    .testTarget(name: "ModelFormatTests", dependencies: ["ModelFormat", "TestSupport"]),
    .testTarget(
        name: "CondenseNetTests",
        dependencies: ["CAllocationCounter", "CondenseNet", "ImageInput", "ModelFormat", "TestSupport"]),
    .testTarget(name: "ImageInputTests", dependencies: ["ImageInput", "TestSupport"]),
    .testTarget(name: "CLITests", dependencies: ["ModelFormat", "TestSupport"]),
]

if !runtimeOnly {
    products += [
        .library(name: "Kernels", targets: ["Kernels"]),
        .library(name: "Condenser", targets: ["Condenser", "Checkpoint"]),
        .executable(name: "condensenet-convert", targets: ["condensenet-convert"]),
    ]
    targets += [
        .systemLibrary(name: "CCrypto", path: "tools/converter/CCrypto", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "CArmadillo", path: "tools/converter/CArmadillo", exclude: ["README.md"],
            linkerSettings: [.linkedLibrary("armadillo")]),
        .target(
            name: "Checkpoint", dependencies: ["CZlib"], path: "tools/converter/Checkpoint", exclude: ["README.md"]),
        .target(
            name: "Condenser",
            dependencies: ["Checkpoint", "ModelFormat", "CondenseNet", "CArmadillo", "CCrypto"],
            path: "tools/converter/Condenser", exclude: ["README.md"]),
        .executableTarget(
            name: "condensenet-convert",
            dependencies: ["Condenser", "Checkpoint", "ModelFormat", argumentParser],
            path: "tools/converter/condensenet-convert", exclude: ["README.md"]),
        .testTarget(name: "CheckpointTests", dependencies: ["Checkpoint", "TestSupport"]),
        .testTarget(
            name: "CondenserTests",
            dependencies: ["CArmadillo", "Checkpoint", "CondenseNet", "Condenser", "ModelFormat", "TestSupport"]),
        .testTarget(name: "ConverterCLITests", dependencies: ["ModelFormat", "TestSupport"]),
    ]
}

let package = Package(
    name: "condensenet",
    products: products,
    dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")],
    targets: targets,
    cxxLanguageStandard: .cxx17
)
