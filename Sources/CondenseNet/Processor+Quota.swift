import Glibc

extension Processor {
    /// How many processors' time the control groups of this process allow it, such as 1.5, where they set a limit: a container's
    /// or a service's quota. Threads beyond it wait for the next period.
    public static var quota: Double? {
        guard let text = text("/proc/self/cgroup") else { return nil }
        var least: Double?
        for line in text.split(separator: "\n") {
            // NUMBER:CONTROLLERS:PATH
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let controllers = fields[1].split(separator: ",")
            guard controllers.isEmpty || controllers.contains("cpu") else { continue }
            var folder = String(fields[2])
            // Each group is limited by those around it. Inside a container the path may be that of the host.
            while true {
                let found = controllers.isEmpty ? unified(folder) : legacy(folder)
                if let found { least = min(least ?? found, found) }
                guard folder != "/", !folder.isEmpty, let end = folder.lastIndex(of: "/") else { break }
                folder = end == folder.startIndex ? "/" : String(folder[..<end])
            }
        }
        return least
    }

    /// The processors that the calling thread may use, and no more than the quota gives time for; at least 1.
    package static var useful: Int {
        let allowed = max(self.allowed.count, 1)
        guard let quota else { return allowed }
        return min(allowed, max(Int(quota.rounded(.up)), 1))
    }

    /// `MICROSECONDS PERIOD` or `max PERIOD`.
    private static func unified(_ folder: String) -> Double? {
        guard let text = text("/sys/fs/cgroup\(folder == "/" ? "" : folder)/cpu.max") else { return nil }
        let fields = text.split(whereSeparator: \.isWhitespace).map { Double($0) }
        guard fields.count == 2, let time = fields[0], let period = fields[1], time > 0, period > 0 else { return nil }
        return time / period
    }

    private static func legacy(_ folder: String) -> Double? {
        let group = "/sys/fs/cgroup/cpu\(folder == "/" ? "" : folder)/cpu.cfs_"
        guard let time = text(group + "quota_us").flatMap(number),
            let period = text(group + "period_us").flatMap(number),
            time > 0, period > 0
        else { return nil }
        return time / period
    }

    private static func number(_ text: String) -> Double? {
        text.split(whereSeparator: \.isWhitespace).first.flatMap { Double($0) }
    }

    /// The start of a small file; `nil` where there is none.
    private static func text(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
