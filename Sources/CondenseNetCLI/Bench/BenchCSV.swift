/// Every run on a line of its own, in the order they were made (RFC 4180, with bare line feeds).
enum BenchCSV {
    static func text(_ subjects: [BenchSubject]) -> String {
        let runs = subjects.flatMap { subject in
            subject.samples.enumerated().map { (subject: subject, run: $0.offset, sample: $0.element) }
        }.sorted { $0.sample.order < $1.sample.order }
        var text = "model,threads,run,order,start_ns,latency_ns\n"
        for (subject, run, sample) in runs {
            let name = CSV.field(subject.plan.model.description.name)
            text += "\(name),\(subject.threads),\(run),\(sample.order),\(sample.start),\(sample.duration)\n"
        }
        return text
    }
}
