/// The processor's name and what it can do, from procfs and the device tree.
package enum ProcessorModel {
    /// Such as `Cortex-A72` or `AMD EPYC 9B14`; `nil` when the system does not say.
    package static func name(_ cpuinfo: String) -> String? {
        if let name = SystemFile.field("model name", of: cpuinfo) { return name }
        guard let implementer = SystemFile.field("CPU implementer", of: cpuinfo) else { return nil }
        // Big and little cores are both named.
        var names: [String] = []
        for line in cpuinfo.split(separator: "\n") where line.hasPrefix("CPU part") {
            let part = SystemFile.field("CPU part", of: String(line)) ?? ""
            let name = implementer == "0x41" ? armParts[part] ?? "Arm part \(part)" : "\(implementer)/\(part)"
            if !names.contains(name) { names.append(name) }
        }
        return names.isEmpty ? nil : names.joined(separator: " + ")
    }

    /// The board, from the device tree.
    package static var board: String? { SystemFile.text("/proc/device-tree/model") }

    /// Those of the processor's features that matter to vector arithmetic.
    package static func features(_ cpuinfo: String) -> [String] {
        let line = SystemFile.field("flags", of: cpuinfo) ?? SystemFile.field("Features", of: cpuinfo) ?? ""
        return line.split(separator: " ").map(String.init).filter(vectorFeatures.contains)
    }

    private static let vectorFeatures: Set<String> = [
        "sse2", "sse4_2", "avx", "f16c", "fma", "avx2", "avx512f", "avx512bw", "avx512vl", "avx512_vnni", "avx_vnni",
        "avx512_bf16", "amx_tile", "asimd", "neon", "vfpv4", "asimdhp", "fphp", "asimddp", "asimdfhm", "i8mm", "bf16",
        "sve", "sve2", "sme", "hypervisor",
    ]

    /// Part numbers of Arm Ltd. (implementer 0x41), from the cores' technical reference manuals.
    private static let armParts = [
        "0xd03": "Cortex-A53", "0xd04": "Cortex-A35", "0xd05": "Cortex-A55", "0xd07": "Cortex-A57",
        "0xd08": "Cortex-A72", "0xd09": "Cortex-A73", "0xd0a": "Cortex-A75", "0xd0b": "Cortex-A76",
        "0xd0c": "Neoverse-N1", "0xd0d": "Cortex-A77", "0xd0e": "Cortex-A76AE", "0xd40": "Neoverse-V1",
        "0xd41": "Cortex-A78", "0xd42": "Cortex-A78AE", "0xd44": "Cortex-X1", "0xd46": "Cortex-A510",
        "0xd47": "Cortex-A710", "0xd48": "Cortex-X2", "0xd49": "Neoverse-N2", "0xd4d": "Cortex-A715",
        "0xd4e": "Cortex-X3", "0xd4f": "Neoverse-V2", "0xd80": "Cortex-A520", "0xd81": "Cortex-A720",
    ]
}
