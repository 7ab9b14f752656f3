/// Short names of files that are compared.
package enum FileTitles {
    /// Each file's name without folders and `.json`; where two are alike, with as many of their folders as tell them
    /// apart.
    package static func titles(_ paths: [String]) -> [String] {
        let parts = paths.map { path in
            let path = path.hasSuffix(".json") ? path.dropLast(5) : path[...]
            return path.split(separator: "/").map(String.init)
        }
        var counts = parts.map { _ in 1 }
        while true {
            var titles = parts.indices.map { parts[$0].suffix(counts[$0]).joined(separator: "/") }
            let alike = Dictionary(grouping: parts.indices) { titles[$0] }.values.filter { indices in
                indices.contains { paths[$0] != paths[indices[0]] }
            }.joined()
            let longer = alike.filter { counts[$0] < parts[$0].count }
            guard longer.isEmpty else {
                for index in longer { counts[index] += 1 }
                continue
            }
            for index in alike { titles[index] = paths[index] }
            return titles
        }
    }
}
