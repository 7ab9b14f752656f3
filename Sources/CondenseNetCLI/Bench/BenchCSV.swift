import CommandLineSupport
import Measuring

/// Every run on a line of its own, in the order they were made (RFC 4180, with bare line feeds).
enum BenchCSV {
    static func text(_ subjects: [BenchSubject]) -> String {
        let runs = subjects.flatMap { subject in
            let start = "\(CSV.field(subject.name)),\(subject.threads)"
            return subject.samples.enumerated().map {
                (start: start, run: $0.offset, sample: $0.element, path: CSV.field(subject.path))
            }
        }.sorted { $0.sample.order < $1.sample.order }
        var text = "model,threads,run,order,start_ns,latency_ns,path\n"
        for (start, run, sample, path) in runs {
            text += "\(start),\(run),\(sample.order),\(sample.start),\(sample.duration),\(path)\n"
        }
        return text
    }
}
