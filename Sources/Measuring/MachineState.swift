import CondenseNet
import Foundations
import Glibc

/// What changes while a machine works: clock, temperature, throttling.
package struct MachineState {
    /// What cpufreq says of each allowed processor, in MHz; empty where there is no cpufreq.
    package let megahertz: [Int]
    /// The clock as this program measures it.
    package let measuredGigahertz: Double
    /// The hottest thermal zone, in °C.
    package let celsius: Double?
    /// The x86 kernel's count of throttling events, over all cores.
    package let throttleEvents: Int?
    /// A Raspberry Pi's flags: bits 0–3 for now (undervolted, capped, throttled, soft limit), 16–19 for since boot.
    package let raspberryFlags: Int?

    /// The state now. It takes a few milliseconds.
    package static func now() -> MachineState {
        let processors = Processor.allowed
        let zones = ((try? Folder.names("/sys/class/thermal")) ?? []).filter { $0.hasPrefix("thermal_zone") }
        let temperatures = zones.compactMap { SystemFile.integer("/sys/class/thermal/\($0)/temp") }
        let events = processors.compactMap {
            SystemFile.integer("/sys/devices/system/cpu/cpu\($0)/thermal_throttle/core_throttle_count")
        }
        return MachineState(
            megahertz: processors.compactMap {
                SystemFile.integer("/sys/devices/system/cpu/cpu\($0)/cpufreq/scaling_cur_freq").map { $0 / 1000 }
            },
            measuredGigahertz: Processor.measuredGigahertz(),
            celsius: temperatures.max().map { Double($0) / 1000 },
            throttleEvents: events.isEmpty ? nil : events.reduce(0, +), raspberryFlags: readRaspberryFlags())
    }

    /// From the firmware's sysfs file, else from `vcgencmd` where it is installed.
    private static func readRaspberryFlags() -> Int? {
        if let text = SystemFile.text("/sys/devices/platform/soc/soc:firmware/get_throttled") {
            return Int(text.hasPrefix("0x") ? String(text.dropFirst(2)) : text, radix: 16)
        }
        let programs = ["/usr/bin/vcgencmd", "/opt/vc/bin/vcgencmd"]
        guard let program = programs.first(where: { access($0, X_OK) == 0 }),
            let pipe = popen("\(program) get_throttled 2>/dev/null", "r")
        else { return nil }
        defer { pclose(pipe) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), pipe) != nil else { return nil }
        let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return text.split(separator: "x").last.flatMap { Int(SystemFile.trimmed($0), radix: 16) }
    }
}

/// This process's memory.
package enum ProcessMemory {
    /// The most memory that was resident, in bytes, of the whole process; 0 where procfs is missing.
    package static var peakBytes: Int {
        let status = SystemFile.text("/proc/self/status") ?? ""
        let kibibytes = SystemFile.field("VmHWM", of: status)?.split(separator: " ").first.flatMap { Int($0) }
        return 1024 * (kibibytes ?? 0)
    }
}
