import Testing

@testable import Kernels

@Suite("Kernel table")
struct KernelTableTests {
    private func kernel(
        groups: Int = 4, inputs: Int, outputs: Int, kernel: Int = 3, stride: Int = 1, height: Int = 14,
        isPlain: Bool = true, winograd: Bool = true
    ) -> KernelTable.ConvolutionKernel {
        KernelTable.kernel(
            for: ConvolutionShape(
                groups: groups, inputs: inputs, outputs: outputs, kernel: kernel, stride: stride,
                padding: kernel / 2, height: height, isPlain: isPlain), winograd: winograd)
    }

    @Test("The networks' 3×3 convolutions of four outputs a group are Winograd's, those of fewer direct")
    func spatial() {
        #expect(kernel(inputs: 16, outputs: 4) == .winograd)
        #expect(kernel(inputs: 16, outputs: 4, winograd: false) == .direct3x3)
        #expect(kernel(inputs: 8, outputs: 2) == .direct3x3)
        #expect(kernel(inputs: 128, outputs: 32, height: 2) == .direct3x3)
    }

    @Test("What is gathered or activated first, strided or large runs in blocks, and nothing by the reference")
    func blocks() {
        #expect(kernel(inputs: 3, outputs: 5, kernel: 5, isPlain: false) == .blocks)
        #expect(kernel(inputs: 3, outputs: 5, isPlain: false) == .blocks)
        #expect(kernel(inputs: 3, outputs: 5, kernel: 1, stride: 2, isPlain: false) == .blocks)
        #expect(kernel(inputs: 1, outputs: 1, isPlain: false) == .blocks)
        #expect(kernel(inputs: 512, outputs: 512, winograd: false) == .blocks)
        #expect(kernel(inputs: 9, outputs: 9, kernel: 1, isPlain: false) == .pointwise)
        #expect(kernel(inputs: 1, outputs: 1, stride: 2) == .depthwise)
        #expect(kernel(inputs: 1, outputs: 1, kernel: 5) == .depthwise)
        #expect(kernel(inputs: 1, outputs: 1) == .direct3x3)
    }

    @Test("A 1×1 and the direct 3×3 after it are one, unless their weights are many")
    func fusion() {
        func fuses(_ outputs: Int, middle: Int, winograd: Bool = true) -> Bool {
            KernelTable.fuses(
                ConvolutionShape(
                    groups: 4, inputs: 16, outputs: middle, kernel: 1, stride: 1, padding: 0, height: 56,
                    isPlain: false),
                ConvolutionShape(
                    groups: 4, inputs: middle, outputs: outputs, kernel: 3, stride: 1, padding: 1, height: 56,
                    isPlain: true), winograd: winograd)
        }
        #expect(fuses(2, middle: 8))
        #expect(!fuses(4, middle: 16))
        #expect(fuses(4, middle: 16, winograd: false))
        #expect(!fuses(3, middle: 5000))
    }
}
