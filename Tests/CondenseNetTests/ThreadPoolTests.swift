import Glibc
import Synchronization
import Testing

@testable import Engine

@Suite("Thread pool")
struct ThreadPoolTests {
    /// How often each part ran. Parts have memory of their own: two that run at once never meet.
    private final class Record: @unchecked Sendable {
        let runs = UnsafeMutableBufferPointer<Int>.allocate(capacity: 65)
        let byOthers = Atomic(0)

        init() { runs.initialize(repeating: 0) }
        deinit { runs.deallocate() }

        var others: Int { byOthers.load(ordering: .sequentiallyConsistent) }

        func add(_ part: ThreadPool.Part) {
            runs[part.part] += 1
            if part.member != 0 { byOthers.wrappingAdd(1, ordering: .sequentiallyConsistent) }
        }
    }

    @Test("every part of every job runs once before the job ends", arguments: [1, 2, 3, 7])
    func everyPart(threads: Int) throws {
        let record = Record()
        let pool = try ThreadPool(count: threads) { record.add($0) }
        for round in 0..<300 {
            let parts = [0, 1, 2, 3, 8, 65][round % 6]
            pool.run(job: round, parts: parts)
            let expected = (0..<65).map { $0 < parts ? 1 : 0 }
            #expect(record.runs.elementsEqual(expected), "job \(round)")
            record.runs.update(repeating: 0)
        }
    }

    @Test("a thread that does not come on leaves the other parts to the caller")
    func callerFinishesAlone() throws {
        let done = Atomic(0)
        let pool = try ThreadPool(count: 2) { part in
            if part.member == 0 {
                done.wrappingAdd(1, ordering: .sequentiallyConsistent)
            } else {
                // It holds its one part until all the others are done: with fixed shares for ever.
                while done.load(ordering: .sequentiallyConsistent) < part.parts - 1 {}
                done.wrappingAdd(1, ordering: .sequentiallyConsistent)
            }
        }
        for _ in 0..<20 {
            done.store(0, ordering: .sequentiallyConsistent)
            pool.run(parts: 8)
            #expect(done.load(ordering: .sequentiallyConsistent) == 8)
        }
    }

    @Test("the caller works alone for a while when it waited longer than it was helped")
    func worksAlone() throws {
        let record = Record()
        let pool = try ThreadPool(count: 2) { part in
            record.add(part)
            if part.member == 0 {
                // The other thread gets its part.
                while part.job == 1, record.others == 0 {}
            } else if part.job == 1 {
                // Far longer than a thread takes to begin.
                var time = timespec(tv_sec: 1, tv_nsec: 0)
                nanosleep(&time, nil)
            }
        }
        #expect(!pool.isAlone)
        pool.run(job: 1, parts: 2)
        #expect(record.others == 1)
        // Sixteen times the wait, ten seconds at most.
        #expect(pool.isAlone)
        for _ in 0..<100 { pool.run(job: 2, parts: 8) }
        #expect(record.others == 1)
    }
}
