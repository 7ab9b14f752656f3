import Condenser
import ModelFormat
import Testing

/// Comparisons that pass, and everything that must not.
struct EvaluatorVerificationTests {
    private func layer(_ name: String, _ values: [Double], image: Int = 0) -> SourceEvaluator.LayerOutput {
        SourceEvaluator.LayerOutput(
            image: image, name: name, shape: PlaneShape(channels: values.count, height: 1, width: 1), values: values)
    }

    private func verification(_ expected: [Double], _ found: [Float]?, tolerance: Double = 1e-5) -> Verification {
        var verification = Verification(tolerance: tolerance)
        verification.compare(layer("layer", expected), with: found)
        return verification
    }

    @Test func equalNumbersPass() {
        let verification = verification([1, -2, 0], [1, -2, 0])
        #expect(verification.passes)
        #expect(verification.rows.map(\.difference) == [0])
    }

    @Test func differenceIsRelativeToTheLargestMagnitude() {
        #expect(verification([0.5, -8], [0.5, -8.0625], tolerance: 0.0079).passes == true)
        #expect(verification([0.5, -8], [0.5, -8.0625], tolerance: 0.0078).passes == false)
        #expect(verification([0.5, -8], [0.5625, -8]).rows[0].relativeDifference == 0.0078125)
    }

    @Test(arguments: [[1, .nan], [1, .infinity], [1], [1, 2, 3], []] as [[Float]])
    func whatIsNoNumberOrMissingFails(found: [Float]) {
        let verification = verification([1, 2], found, tolerance: 0.9)
        #expect(!verification.passes)
        #expect(verification.rows[0].relativeDifference == .infinity)
    }

    @Test func missingLayerFails() {
        #expect(!verification([0, 0], nil).passes)
    }

    @Test func sourceWithoutNumbersFails() {
        #expect(!verification([.nan, 1], [.nan, 1]).passes)
        #expect(!verification([.infinity, 1], [.infinity, 1]).passes)
    }

    @Test func zerosPassOnlyAsZeros() {
        #expect(verification([0, 0], [0, 0]).passes)
        #expect(!verification([0, 0], [0, 1e-30]).passes)
    }

    @Test func nothingComparedIsNoProof() {
        let verification = Verification(tolerance: 1)
        #expect(!verification.passes)
        #expect(verification.verdict == "not verified: nothing was compared")
    }

    @Test func oneBadImageFailsItsLayer() {
        var verification = Verification(tolerance: 1e-3)
        verification.compare(layer("a", [1000], image: 0), with: [1000])
        verification.compare(layer("b", [1], image: 0), with: [1])
        verification.compare(layer("a", [1], image: 1), with: [1.5])
        verification.compare(layer("b", [1], image: 1), with: [1])
        #expect(verification.rows.map(\.layer) == ["a", "b"])
        #expect(verification.rows.map(\.passes) == [false, true])
        #expect(verification.rows[0].relativeDifference == 0.5)
    }

    @Test func tableIsAligned() {
        var verification = Verification(tolerance: 1e-3)
        verification.compare(layer("features.init_conv", [16, 1, 1]), with: [16, 1, 1])
        verification.compare(layer("classifier", [0.5, 2]), with: [0.25, 2])
        verification.compare(layer("x", [1]), with: nil)
        #expect(
            verification.table() == """
                layer               shape  max |difference|  relative
                ──────────────────  ─────  ────────────────  ────────  ────
                features.init_conv  3×1×1                 0         0  pass
                classifier          2×1×1           2.5e-01   1.2e-01  FAIL
                x                   1×1×1               inf       inf  FAIL

                """)
        #expect(
            verification.verdict
                == "not verified: 2 of 3 layers differ from the source network by more than 1.0e-03, "
                + "the first classifier by 1.2e-01")
    }

    @Test func verdictNamesTheWorstLayer() {
        var verification = Verification(tolerance: 1e-2)
        verification.compare(layer("a", [1024]), with: [1025])
        verification.compare(layer("b", [128]), with: [129])
        #expect(
            verification.verdict
                == "verified: all 2 layers within 1.0e-02 of the source network, at most 7.8e-03 (b)")
        #expect(verification.worst?.layer == "b")
    }
}
