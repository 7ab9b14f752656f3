import ModelFormat

extension Session {
    /// The thread count that runs `plan` fastest on this machine now, by a short measurement of 1, 2, 4 … threads, up to the number
    /// of processors that the calling thread may use and that a control group's quota gives time for.
    ///
    /// Counts that this machine or the plan's memory do not allow are passed over.
    ///
    /// - Throws: what `Session.init` throws for one thread.
    public static func fastestThreads(for plan: ExecutionPlan) throws -> Int {
        let processors = min(Processor.useful, maximumThreads)
        var candidates = [1]
        while candidates.last! * 2 <= processors { candidates.append(candidates.last! * 2) }
        if candidates.last! < processors { candidates.append(processors) }
        var best = (threads: 1, time: UInt64.max)
        let input = try SampleAnswers.input(plan.model.description.inputShape, seed: 1)
        for threads in candidates {
            let session: Session
            do {
                session = try Session(plan: plan, threads: threads)
            } catch {
                guard threads > 1 else { throw error }
                break
            }
            var time = UInt64.max
            for _ in 0..<5 {
                let start = monotonicNanoseconds()
                _ = try session.logits(input)
                time = min(time, monotonicNanoseconds() - start)
            }
            if time < best.time { best = (threads, time) }
        }
        return best.threads
    }
}
