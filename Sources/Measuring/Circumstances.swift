import CondenseNet
import Foundations
import Glibc
import ModelFormat

/// Where and how a measurement was made: what a reader needs to believe it, or to repeat it.
package struct Circumstances {
    private let processors: [Int]
    private let threads: Int
    private let before: MachineState?
    private let after: MachineState?
    private let cpuinfo = SystemFile.text("/proc/cpuinfo") ?? ""
    /// The governors of the processors that were used, each once; empty where there is no cpufreq.
    private let governors: [String]
    /// Processors' worth of time that a control group leaves; `nil` for no limit.
    private let quota = ProcessorQuota.processors
    private let command: [String]
    /// The load of the last minute; `nil` where nothing was measured, or the system does not tell.
    private let load: Double?

    /// Looks at the machine.
    ///
    /// - Parameters:
    ///   - processors: those that the threads may use.
    ///   - threads: the largest number of threads that was measured.
    ///   - command: the program's arguments.
    ///   - before: `nil`, as `after`, when nothing that the clock has a say in may be measured.
    package init(processors: [Int], threads: Int, before: MachineState?, after: MachineState?, command: [String]) {
        self.processors = processors
        self.threads = threads
        self.before = before
        self.after = after
        self.command = command
        governors = Set(
            processors.compactMap { SystemFile.text("/sys/devices/system/cpu/cpu\($0)/cpufreq/scaling_governor") }
        ).sorted()
        var average = 0.0
        load = before != nil && getloadavg(&average, 1) == 1 ? average : nil
    }

    /// How far the measured clock moved, as a fraction of where it was.
    private var clockDrift: Double? {
        guard let before, let after else { return nil }
        return after.measuredGigahertz / before.measuredGigahertz - 1
    }

    /// Why the figures may not be what the machine can do, one line each.
    package var warnings: [String] {
        var warnings: [String] = []
        if !processors.isEmpty, threads > processors.count {
            let share = processors.count == 1 ? "a processor" : "\(processors.count) processors"
            warnings.append("\(threads) threads share \(share): they wait for each other")
        }
        if let quota, Double(threads) > quota {
            warnings.append(
                """
                a control group leaves \(Format.fixed(quota, 2)) processors' time to \
                \(Format.counted(threads, "thread")): they are made to pause
                """)
        }
        if let governor = governors.first(where: { $0 != "performance" }) {
            warnings.append(
                "the frequency governor is \(governor), not performance: the clock may have followed the load")
        }
        if let before, let after, let clockDrift, clockDrift.magnitude > 0.05 {
            warnings.append(
                """
                the clock drifted from \(Format.fixed(before.measuredGigahertz, 2)) to \
                \(Format.fixed(after.measuredGigahertz, 2)) GHz: heat, a power limit or another load
                """)
        }
        if let before = before?.throttleEvents, let after = after?.throttleEvents, after > before {
            warnings.append("the processor was throttled \(after - before) times: it is too hot")
        }
        if let flags = after?.raspberryFlags, flags & 0xF != 0 {
            warnings.append("the board is throttled (flags 0x\(String(flags, radix: 16))): heat or power supply")
        }
        if let load, load > Double(processors.count) + 0.5 {
            warnings.append(
                "other programs run: the load is \(Format.fixed(load, 1)) on "
                    + Format.counted(processors.count, "processor"))
        }
        return warnings
    }

    /// Names and values, as the JSON has them; members that the system does not tell are absent.
    package var json: JSONValue {
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ value: JSONValue?) { if let value { members.append(.init(name, value)) } }
        add("date", .string(Self.date))
        add("host", Self.systemNames.map { .string($0.host) })
        add("command", .array(command.map(JSONValue.string)))
        add("processor_quota", quota.map { .number(rounded($0, 3)) })
        add("version", .string(CondenseNet.version))
        add("kernel_sets", .array(KernelSets.built.map { .string($0.rawValue) }))
        add("kernel_set", (try? KernelSets.chosen).map { .string($0.rawValue) })
        add("processor", ProcessorModel.name(cpuinfo).map(JSONValue.string))
        add("board", ProcessorModel.board.map(JSONValue.string))
        add("features", .array(ProcessorModel.features(cpuinfo).map(JSONValue.string)))
        add("online_processors", .integer(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        add("allowed_processors", .array(processors.map(JSONValue.integer)))
        add("memory_bytes", .integer(sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))))
        add("operating_system", .string(Self.operatingSystem))
        if !governors.isEmpty { add("governor", .string(governors.joined(separator: ", "))) }
        let maximum = processors.compactMap {
            SystemFile.integer("/sys/devices/system/cpu/cpu\($0)/cpufreq/cpuinfo_max_freq")
        }.max()
        add("maximum_mhz", maximum.map { .integer($0 / 1000) })
        for (state, name) in [(before, "before"), (after, "after")] {
            guard let state else { continue }
            add("measured_ghz_\(name)", .number(rounded(state.measuredGigahertz, 3)))
            if !state.megahertz.isEmpty { add("mhz_\(name)", .array(state.megahertz.map(JSONValue.integer))) }
            add("celsius_\(name)", state.celsius.map { .number(rounded($0, 1)) })
            add("throttle_events_\(name)", state.throttleEvents.map(JSONValue.integer))
            add("raspberry_pi_throttled_\(name)", state.raspberryFlags.map { .string("0x" + String($0, radix: 16)) })
        }
        add("warnings", .array(warnings.map(JSONValue.string)))
        return .object(members)
    }

    private static var operatingSystem: String { systemNames?.system ?? "unknown" }

    /// The system's name, release and machine; the host's name.
    private static var systemNames: (system: String, host: String)? {
        var system = utsname()
        guard uname(&system) == 0 else { return nil }
        func text<Field>(_ field: Field) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return ("\(text(system.sysname)) \(text(system.release)) \(text(system.machine))", text(system.nodename))
    }

    /// Now, as ISO 8601 has it, in UTC to the second.
    private static var date: String {
        var seconds = time(nil)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
            + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
    }
}

/// `value` with `digits` decimals, for a file that people read too.
package func rounded(_ value: Double, _ digits: Int) -> Double { Double(Format.fixed(value, digits)) ?? value }
