import Foundation
import TestSupport
import Testing

/// Where the system leaves the program one thread, or part of a processor's time.
struct ScarceProcessorTests {
    /// Runs the program as a user who may have one process, hence one thread.
    private static let oneThread = """
        exec setpriv --reuid 61234 --regid 61234 --clear-groups --bounding-set=-all --inh-caps=-all \
        prlimit --nproc=1:1 "$@"
        """
    /// Runs the program in a control group that has half a processor's time; 99 where none can be made.
    private static let halfAProcessor = """
        for root in /sys/fs/cgroup/cpu /sys/fs/cgroup; do
          group=$root/condensenet-test-$$
          mkdir "$group" 2>/dev/null || continue
          { echo 50000 >"$group/cpu.cfs_quota_us" || echo "50000 100000" >"$group/cpu.max"; } 2>/dev/null &&
            (echo "$BASHPID" >"$group/cgroup.procs") 2>/dev/null &&
            { (echo "$BASHPID" >"$group/cgroup.procs" && exec "$@"); code=$?; rmdir "$group"; exit $code; }
          rmdir "$group"
        done
        exit 99
        """

    private static func isPossible(_ script: String) -> Bool {
        (try? Program.run("condensenet", ["--version"], shell: script).code) == 0
    }

    @Test(.enabled(if: geteuid() == 0 && isPossible(oneThread), "needs another user who can read the program"))
    func evaluateFallsBackToOneThread() throws {
        let result = try Program.run(
            "condensenet",
            ["evaluate", Shipped.model, EvaluateTests.fashionMNIST, "--limit", "20", "--threads", "3", "--json"],
            shell: Self.oneThread)
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(result.diagnostics.contains("warning: the system starts only 1 of 3 threads"))
        let json = try JSON(result.output)
        #expect(json["images"]?.int == 20 && json["threads"]?.int == 1)
    }

    @Test(.enabled(if: geteuid() == 0 && isPossible(oneThread), "needs another user who can read the program"))
    func otherCommandsNameTheThreadsThatCannotStart() throws {
        let refused = try Program.run(
            "condensenet", ["classify", Shipped.model, Shipped.sample("bag"), "--threads", "2"], shell: Self.oneThread)
        expectFailure(refused, 70, "thread")
        for threads in ["1", "auto"] {
            let result = try Program.run(
                "condensenet", ["classify", Shipped.model, Shipped.sample("bag"), "--threads", threads],
                shell: Self.oneThread)
            #expect(result.code == 0, "\(threads): \(result.diagnostics)")
        }
    }

    @Test(.enabled(if: geteuid() == 0 && isPossible(halfAProcessor), "needs control groups that may be made"))
    func quotaIsKeptAndSaid() throws {
        let evaluated = try Program.run(
            "condensenet", ["evaluate", Shipped.model, EvaluateTests.fashionMNIST, "--limit", "20", "--json"],
            shell: Self.halfAProcessor)
        #expect(evaluated.code == 0, "\(evaluated.diagnostics)")
        #expect(try JSON(evaluated.output)["threads"]?.int == 1)
        let measured = try Program.run(
            "condensenet", ["bench", Shipped.model, "--threads", "2", "--runs", "3", "--json", "-"],
            shell: Self.halfAProcessor)
        #expect(measured.code == 0, "\(measured.diagnostics)")
        #expect(measured.diagnostics.contains("a control group leaves 0.50 processors' time to 2 threads"))
        #expect(
            measured.output.contains("\"processor_quota\": 0.5") || measured.output.contains("\"processor_quota\":0.5"))
    }
}
