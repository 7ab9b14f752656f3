import CondenseNet

/// How much of the machine's processors a control group leaves to this process, as containers limit it.
package enum ProcessorQuota {
    /// Processors' worth of time, such as 0.5; `nil` where there is no limit.
    package static var processors: Double? { Processor.quota }

    /// Processors that may be used and that the quota fills: at least one.
    package static var usableProcessors: Int { Processor.useful }

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
