// swift-tools-version: 6.1
import PackageDescription

/// Benchmarks of the kernels, a package of their own so that users of the library never build them.
///
///     swift package benchmark                      every distinct convolution, each kernel that can run it
///     Benchmarks/compare OLD [NEW]                 two commits in one interleaved run
let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "condensenet", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Convolutions",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "CondenseNet", package: "condensenet"),
                .product(name: "Kernels", package: "condensenet"),
                .product(name: "Measuring", package: "condensenet"),
            ],
            path: "Benchmarks/Convolutions",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ]
)
