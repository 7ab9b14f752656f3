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

/// Whether this is a copy that the package manager fetched for another package. It refuses unsafe flags in a dependency with
/// a version, so that such a copy has the kernels of the architecture's baseline only.
let packageFolder = URL(fileURLWithPath: Context.packageDirectory)
let isFetched =
    packageFolder.deletingLastPathComponent().lastPathComponent == "checkouts"
    && FileManager.default.fileExists(
        atPath: packageFolder.appendingPathComponent("../../repositories").standardizedFileURL.path)

/// The same kernels, compiled once more for each wider instruction set; `CondenseNet.KernelSets` chooses when the program
/// runs. CONDENSENET_VARIANTS=0 leaves them out, 1 has them in a fetched copy too.
let hasVariants = environment["CONDENSENET_VARIANTS"].map { $0 == "1" } ?? !isFetched
let hasAVX = hasVariants && targetsX86

// An emulator is too slow for whole networks of unoptimised kernels; optimised, they keep every check. Only a compilation of
// the whole module makes their generics for floats.
let optimizedKernels: [SwiftSetting] =
    isSet("CONDENSENET_EMULATED") && !isFetched
    ? [.unsafeFlags(["-O", "-whole-module-optimization", "-num-threads", "2"], .when(configuration: .debug))] : []

/// Whether this machine's processor has the instructions that some kernels need. Their tests are left out elsewhere.
let cpuinfo = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
func canTest(_ feature: String) -> Bool { cpuinfo.split(whereSeparator: \.isWhitespace).contains(Substring(feature)) }

/// Kernels for one instruction set, and the tests of all kernels for it.
///
/// Sources and tests are the same folders for all, by symbolic links. Names decide the order in which objects are linked,
/// and the linker keeps the first of equal functions without a module's name, such as a generic of the standard library
/// made for floats: a wider set's name must therefore sort after every other module's, and so begins with z. `tools/
/// variant-check` holds a linked program to that.
func kernels(_ name: String, flags: [String] = [], defines: [String] = [], tests: Bool = true) -> [Target] {
    let settings =
        defines.map { SwiftSetting.define($0) }
        + (flags.isEmpty ? [] : [.unsafeFlags(flags.flatMap { ["-Xcc", $0] })])
    let alias: [SwiftSetting] =
        name == "Kernels" ? [] : [.unsafeFlags(["-module-alias", "Kernels=\(name)"])]
    let target: Target =
        .target(
            name: name, dependencies: ["CVector", "Engine", "Foundations", "ModelFormat"], exclude: ["README.md"],
            swiftSettings: settings + optimizedKernels)
    let testTarget: Target =
        .testTarget(
            name: "\(name)Tests", dependencies: [.target(name: name), "Foundations", "TestSupport"],
            swiftSettings: defines.map { SwiftSetting.define($0) } + alias)
    return tests ? [target, testTarget] : [target]
}

// Without FMA a fused multiply-add would be a library call for each lane: the baseline of x86-64 multiplies and adds
// instead. AArch64 has all that the kernels need in its baseline.
var kernelTargets = kernels("Kernels", defines: targetsX86 ? ["CONDENSENET_PORTABLE"] : [])
if hasAVX {
    kernelTargets += kernels("zKernelsAVX2", flags: ["-mavx2", "-mfma"], tests: canTest("avx2"))
    kernelTargets += kernels(
        "zKernelsAVX512", flags: ["-mavx512f", "-mavx512vl", "-mfma"], defines: ["CONDENSENET_AVX512"],
        tests: canTest("avx512vl"))
}
if hasVariants {
    kernelTargets += kernels(
        "zKernelsHalf", flags: targetsX86 ? ["-mavx2", "-mfma", "-mf16c"] : ["-march=armv8-a+fp16"],
        defines: ["CONDENSENET_HALF"],
        tests: targetsX86 ? canTest("f16c") : isSet("AARCH64_BUILD") || canTest("asimdhp"))
}

/// The kernels for networks of bytes, for one instruction set; they are tested by the plans that they make.
func integerKernels(_ name: String, flags: [String] = [], define: String? = nil) -> Target {
    let settings: [SwiftSetting] =
        (define.map { [.define($0)] } ?? [])
        + (flags.isEmpty ? [] : [.unsafeFlags(flags.flatMap { ["-Xcc", $0] })])
    return .target(
        name: name, dependencies: ["CBytes", "Engine", "Foundations", "ModelFormat"], exclude: ["README.md"],
        swiftSettings: settings + optimizedKernels)
}

kernelTargets.append(integerKernels("IntegerKernels"))
if hasAVX {
    kernelTargets += [
        integerKernels("zKernelsBytesAVX2", flags: ["-mavx2", "-mfma"], define: "CONDENSENET_BYTES_AVX2"),
        integerKernels("zKernelsBytesVNNI", flags: ["-mavx2", "-mfma", "-mavxvnni"], define: "CONDENSENET_BYTES_VNNI"),
        integerKernels(
            "zKernelsBytesVNNI512", flags: ["-mavx512f", "-mavx512vl", "-mavx512bw", "-mavx512vnni", "-mfma"],
            define: "CONDENSENET_BYTES_VNNI512"),
    ]
} else if hasVariants {
    kernelTargets.append(
        integerKernels("zKernelsBytesDot", flags: ["-march=armv8-a+dotprod"], define: "CONDENSENET_BYTES_DOT"))
}
let kernelModules: [Target.Dependency] = kernelTargets.filter { $0.type == .regular }.map { .target(name: $0.name) }

/// The programs as files that need no library of a system. Only the link differs, so that one build serves others too.
let staticProgram: [LinkerSetting] = isSet("CONDENSENET_STATIC") ? [.unsafeFlags(["-static-executable"])] : []

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

var products: [Product] = [
    .library(name: "CondenseNet", targets: ["CondenseNet", "Foundations", "ImageInput", "ModelFormat"]),
    // tools/release/library makes libcondensenet.so of what it is made of.
    .library(name: "CondenseNetC", targets: ["CInterface"]),
    .executable(name: "condensenet", targets: ["CondenseNetCLI"]),
]

var targets: [Target] = [
    .target(name: "CDenormals"),
    .target(name: "CProcessor"),
    .target(name: "CStartup"),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CVector"),
    .target(name: "CBytes"),
    .target(name: "Foundations", dependencies: ["CZlib"], exclude: ["README.md"]),
    .target(name: "ModelFormat", dependencies: ["Foundations"], exclude: ["README.md"]),
    .target(name: "Engine", dependencies: ["CProcessor", "Foundations", "ModelFormat"], exclude: ["README.md"]),
    .target(
        name: "CondenseNet",
        dependencies: ["CDenormals", "CProcessor", "Engine", "Foundations", "ImageInput", "ModelFormat"]
            + kernelModules,
        exclude: ["README.md"],
        swiftSettings: (hasAVX ? [.define("CONDENSENET_AVX_VARIANTS")] : [])
            + (hasVariants ? [.define("CONDENSENET_HALF_VARIANT")] : [])
            + (hasVariants && !hasAVX ? [.define("CONDENSENET_DOT_VARIANT")] : [])),
    .target(name: "CondenseNetC", exclude: ["README.md", "libcondensenet.map"]),
    .target(
        name: "CInterface",
        dependencies: ["CondenseNet", "CondenseNetC", "Foundations", "ImageInput", "ModelFormat"],
        exclude: ["README.md"]),
    .target(
        name: "CImageCodecs",
        linkerSettings: [
            .linkedLibrary("jpeg"), .linkedLibrary("png16"), .linkedLibrary("webp"), .linkedLibrary("z"),
            .linkedLibrary("m"),
        ]),
    .target(name: "ImageInput", dependencies: ["CImageCodecs", "Foundations"], exclude: ["README.md"]),
    .target(
        name: "Datasets", dependencies: ["Foundations", "ImageInput"], exclude: ["README.md"]),
    .target(
        name: "Measuring", dependencies: ["CondenseNet", "Engine", "Foundations", "ImageInput", "ModelFormat"],
        exclude: ["README.md"]),
    .target(
        name: "Report", dependencies: ["CondenseNet", "Foundations", "Measuring", "ModelFormat"],
        exclude: ["README.md"]),
    .target(
        name: "CommandLineSupport", dependencies: ["CStartup", "Foundations", argumentParser],
        exclude: ["README.md"]),
    .target(
        name: "Classifying",
        dependencies: [
            "CommandLineSupport", "CondenseNet", "Datasets", "Foundations", "ImageInput", argumentParser,
        ],
        exclude: ["README.md"]),
    .executableTarget(
        name: "CondenseNetCLI",
        dependencies: [
            "Classifying", "CommandLineSupport", "CondenseNet", "Datasets", "Foundations", "ImageInput", "Measuring",
            "ModelFormat",
            "Report", argumentParser,
        ],
        exclude: ["README.md"], linkerSettings: staticProgram),

    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(name: "FoundationsTests", dependencies: ["Foundations", "TestSupport"]),
    .testTarget(name: "ModelFormatTests", dependencies: ["Foundations", "ModelFormat", "TestSupport"]),
    .testTarget(
        name: "CondenseNetTests",
        dependencies: [
            "CAllocationCounter", "CondenseNet", "Engine", "Foundations", "ImageInput", "ModelFormat", "TestSupport",
        ]),
    .testTarget(name: "ImageInputTests", dependencies: ["Foundations", "ImageInput", "TestSupport"]),
    .testTarget(name: "ClassifyingTests", dependencies: ["Classifying", "Foundations", "TestSupport"]),
    .testTarget(name: "CLITests", dependencies: ["Foundations", "ModelFormat", "TestSupport"]),
]
targets += kernelTargets

if !runtimeOnly {
    products += [
        .library(name: "Kernels", targets: ["Engine", "Kernels"]),
        .library(name: "Measuring", targets: ["Measuring"]),
        .library(name: "Condenser", targets: ["Condenser", "Checkpoint"]),
        .executable(name: "condensenet-convert", targets: ["condensenet-convert"]),
    ]
    targets += [
        .systemLibrary(name: "CCrypto", path: "tools/converter/CCrypto", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "CArmadillo", path: "tools/converter/CArmadillo", exclude: ["README.md"],
            linkerSettings: [.linkedLibrary("armadillo")]),
        .target(
            name: "Checkpoint", dependencies: ["Foundations"], path: "tools/converter/Checkpoint",
            exclude: ["README.md"]),
        .target(
            name: "Condenser",
            dependencies: [
                "Checkpoint", "CondenseNet", "CArmadillo", "CCrypto", "Datasets", "Foundations", "ImageInput",
                "ModelFormat",
            ],
            path: "tools/converter/Condenser", exclude: ["README.md"]),
        .executableTarget(
            name: "condensenet-convert",
            dependencies: [
                "Checkpoint", "CommandLineSupport", "Condenser", "Foundations", "ModelFormat", argumentParser,
            ],
            path: "tools/converter/condensenet-convert", exclude: ["README.md"]),
        .testTarget(name: "CheckpointTests", dependencies: ["Checkpoint", "Foundations", "TestSupport"]),
        .testTarget(
            name: "CondenserTests",
            dependencies: [
                "CArmadillo", "Checkpoint", "CondenseNet", "Condenser", "Foundations", "ModelFormat", "TestSupport",
            ]),
        .testTarget(name: "ConverterCLITests", dependencies: ["Foundations", "ModelFormat", "TestSupport"]),
    ]
}

// The server has a package of its own beneath it, which who depends on this one neither needs nor gets.
var dependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
]
if !isFetched {
    // The very version: the server uses descriptors and a pool that lie beneath FlyingFox's own server.
    dependencies.append(.package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"))
    products += [
        .executable(name: "condensenet-serve", targets: ["CondenseNetServe"]),
        .library(name: "Serving", targets: ["Classifying", "Serving"]),
    ]
    targets += [
        .target(
            name: "Serving",
            dependencies: [
                "Classifying", "CommandLineSupport", "CondenseNet", "Foundations", "ImageInput", "ModelFormat",
                argumentParser,
                .product(name: "FlyingSocks", package: "FlyingFox"),
            ],
            exclude: ["README.md"],
            resources: [
                .embedInCode("Page/icon.svg"), .embedInCode("Page/page.css"), .embedInCode("Page/page.html"),
                .embedInCode("Page/page.js"),
            ]),
        .executableTarget(
            name: "CondenseNetServe", dependencies: ["CommandLineSupport", "Serving"], linkerSettings: staticProgram),
    ]
}

// Tests that run programs and forge files spend their time in these; optimised, they take longest of all to compile.
let plainTests: Set = [
    "CLITests", "CheckpointTests", "ClassifyingTests", "ConverterCLITests", "FoundationsTests", "ModelFormatTests",
]
for target in targets where plainTests.contains(target.name) && !isFetched {
    target.swiftSettings = [.unsafeFlags(["-Onone"], .when(configuration: .release))]
}

// A check that runs the tests of a few targets compiles no others.
if let wanted = environment["CONDENSENET_TESTS"]?.split(separator: ",").map(String.init) {
    targets.removeAll { $0.type == .test && !wanted.contains($0.name) }
}

let package = Package(
    name: "condensenet",
    products: products,
    dependencies: dependencies,
    targets: targets,
    cxxLanguageStandard: .cxx17
)
