import CommandLineSupport
import CondenseNet
import Foundations
import Glibc
import Measuring

/// The CondenseNet paper's comparison on an Arm processor, beside what this machine measured.
///
/// The paper's numbers are those of its authors, who ran PyTorch's eager mode on a Jetson TX2's processor: the table of
/// actual inference times in arXiv:1711.09224, and the README of their code.
struct PaperTable {
    /// A network of the comparison.
    struct Row {
        /// The architecture file.
        let file: String
        /// As the paper writes it.
        let network: String
        /// Millions of multiply-accumulates and the like.
        let millionFLOPs: Int
        /// Of 100 images of ImageNet's validation set, those whose first answer is wrong.
        let top1Error: Double
        /// Seconds for one image; `nil` where the paper has not timed the network.
        let seconds: Double?
    }

    /// The networks in the paper's order, and after the other networks the DenseNet of about the same error, as its own
    /// paper (arXiv:1608.06993, table 3) prints that.
    static let rows = [
        Row(file: "vgg-16.json", network: "VGG-16", millionFLOPs: 15_300, top1Error: 28.5, seconds: 354),
        Row(file: "resnet-18.json", network: "ResNet-18", millionFLOPs: 1818, top1Error: 30.2, seconds: 8.14),
        Row(
            file: "mobilenet-v1.json", network: "1.0 MobileNet-224", millionFLOPs: 569, top1Error: 29.4,
            seconds: 1.96),
        Row(
            file: "densenet-121.json", network: "DenseNet-121", millionFLOPs: 2834, top1Error: 25.0, seconds: nil),
        Row(
            file: "condensenet-74-g4.json", network: "CondenseNet-74 (G=C=4)", millionFLOPs: 529, top1Error: 26.2,
            seconds: 1.89),
        Row(
            file: "condensenet-74-g8.json", network: "CondenseNet-74 (G=C=8)", millionFLOPs: 274, top1Error: 29.0,
            seconds: 0.99),
    ]

    /// The row that all others are compared with.
    private static let reference = "mobilenet-v1.json"

    private let records: [BenchRecord]

    /// A table of the records of architecture files that `rows` name.
    init(_ records: [BenchRecord]) { self.records = records }

    /// A table for each number of threads, in the order of the records.
    var text: String {
        var counts: [Int] = []
        for record in records where !counts.contains(record.threads) { counts.append(record.threads) }
        return counts.map(table).joined(separator: "\n")
    }

    private func table(threads: Int) -> String {
        let reference = Self.rows.first { $0.file == Self.reference }!
        let referenceTime = record(reference, threads)?.latency.p50
        var table = TextTable([
            .left("network"), .right("FLOPs", rank: 4), .right("top-1 error", rank: 5), .right("paper s", rank: 3),
            .right("ours ms"), .right("paper / MobileNet", rank: 2), .right("ours / MobileNet", rank: 1),
        ])
        for row in Self.rows {
            let time = record(row, threads)?.latency.p50
            let ratio = time.flatMap { time in referenceTime.map { time / $0 } }
            table.append([
                row.network, Format.grouped(row.millionFLOPs) + " M", Format.fixed(row.top1Error, 1) + " %",
                number(row.seconds, row.seconds.map { $0 < 100 } == true ? 2 : 0), number(time, 2),
                number(row.seconds.map { $0 / reference.seconds! }, 2), number(ratio, 2),
            ])
        }
        return table.text(width: Terminal.outputWidth) + """

            FLOPs, top-1 error and seconds are the paper's (eager PyTorch on a Jetson TX2's processor), those of \
            DenseNet-121, which it has not timed, DenseNet's own paper's; ours: the median latency on \(threads) thread\(threads == 1 ? "" : "s") of this machine, with random weights

            """
    }

    private func number(_ value: Double?, _ decimals: Int) -> String {
        value.map { Format.fixed($0, decimals) } ?? "–"
    }

    private func record(_ row: Row, _ threads: Int) -> BenchRecord? {
        records.first { $0.path.hasSuffix("/" + row.file) && $0.threads == threads }
    }
}

extension PaperTable {
    /// The paths of the architecture files, in the order of `rows`.
    ///
    /// - Parameter folder: where they are; `nil` looks where the package installs them beside this program
    ///   (`../share/condensenet/architectures`), then in `models`.
    /// - Throws: `CommandFailure` that names a missing file and the folders that were looked into.
    static func architectureFiles(in folder: String?) throws -> [String] {
        let folders = folder.map { [$0] } ?? [installedFolder, "models"].compactMap { $0 }
        for folder in folders where isReadable("\(folder)/\(rows[0].file)") {
            let paths = rows.map { "\(folder)/\($0.file)" }
            if let missing = paths.first(where: { !isReadable($0) }) {
                throw CommandFailure(
                    .noInput, "\(missing): expected the paper's architecture files, found no such file")
            }
            return paths
        }
        throw CommandFailure(
            .noInput,
            "--paper-table: expected \(rows[0].file) and the paper's other architecture files in "
                + folders.joined(separator: " or ")
                + ", found none (name their folder: condensenet bench --paper-table FOLDER)")
    }

    /// Where the package puts architecture files, from where it puts the program.
    private static var installedFolder: String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            let count = readlink("/proc/self/exe", buffer.baseAddress!, buffer.count)
            guard count > 0, count < buffer.count else { return nil }
            let program = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
            guard let end = program.lastIndex(of: "/") else { return nil }
            return program[..<end] + "/../share/condensenet/architectures"
        }
    }

    private static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }
}
