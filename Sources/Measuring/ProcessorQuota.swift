import CondenseNet

/// How much of the machine's processors a control group leaves to this process, as containers limit it.
package enum ProcessorQuota {
    /// Processors' worth of time, such as 0.5; `nil` where there is no limit.
    package static var processors: Double? { limits.min() }

    /// Processors that may be used and that the quota fills: at least one.
    package static var usableProcessors: Int {
        let allowed = max(Processor.allowed.count, 1)
        return processors.map { max(min(allowed, Int($0.rounded(.up))), 1) } ?? allowed
    }

    /// Bytes that a control group lets this process have yet; `nil` where there is no limit.
    package static var availableMemory: Int? {
        folders(controller: "memory").compactMap { folder -> Int? in
            let limit =
                SystemFile.integer("\(folder)/memory.max") ?? SystemFile.integer("\(folder)/memory.limit_in_bytes")
            let used =
                SystemFile.integer("\(folder)/memory.current") ?? SystemFile.integer("\(folder)/memory.usage_in_bytes")
            // Version 1 writes no limit as a number beyond any memory.
            guard let limit, limit < 1 << 60, let used else { return nil }
            return limit - used
        }.min()
    }

    /// The limit of each group that this process is in, from its own up to the root.
    private static var limits: [Double] {
        folders(controller: "cpu").compactMap { folder -> Double? in
            if let text = SystemFile.text("\(folder)/cpu.max") {
                let parts = text.split(separator: " ").map { Double($0) }
                guard parts.count == 2, let quota = parts[0], let period = parts[1], period > 0 else { return nil }
                return quota / period
            }
            guard let quota = SystemFile.integer("\(folder)/cpu.cfs_quota_us"), quota > 0,
                let period = SystemFile.integer("\(folder)/cpu.cfs_period_us"), period > 0
            else { return nil }
            return Double(quota) / Double(period)
        }
    }

    /// Folders of this process's groups, version 2 and version 1.
    private static func folders(controller: String) -> [String] {
        let lines = (SystemFile.text("/proc/self/cgroup") ?? "").split(separator: "\n")
        var folders: [String] = []
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isUnified = parts[1].isEmpty
            guard isUnified || parts[1].split(separator: ",").contains(Substring(controller)) else { continue }
            let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/\(controller)"
            var path = parts[2].split(separator: "/")
            // In a container the group's path may be the host's: the root then stands for it.
            while !path.isEmpty {
                folders.append("\(root)/\(path.joined(separator: "/"))")
                path.removeLast()
            }
            folders.append(root)
        }
        return folders
    }
}
