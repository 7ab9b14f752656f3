import ModelFormat

extension Winograd3x3 {
    /// What `run` computes, in the plainest way: a pixel column at a time, from unpacked weights, for the whole
    /// convolution, with the same operations in the same order.
    ///
    /// - Parameters:
    ///   - weights: `[groups * outputs][inputs][3][3]`.
    ///   - bias: `[groups * outputs]`, or nil for zero.
    func runReference<Element: KernelElement>(
        _: Element.Type, _ operands: PlaneOperands<Element>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?
    ) {
        for channel in 0..<groups * outputs {
            for block in 0..<blocks {
                for x in 0..<width {
                    var sums = [Element](repeating: 0, count: WinogradTransform.points)
                    var totals = sums
                    for i in 0..<inputs {
                        if Element.sumTerms < .max && i > 0 && i % (Element.sumTerms / 2) == 0 {
                            totals = i == Element.sumTerms / 2 ? sums : zip(totals, sums).map(+)
                            sums = totals.map { _ in 0 }
                        }
                        let plane = operands.input + (channel / outputs * inputs + i) * operands.inputPlaneStride
                        for dx in 0..<3 {
                            let kernel = weights + (channel * inputs + i) * 9 + dx
                            let (t0, t1, t2, t3, t4, t5): (Element, Element, Element, Element, Element, Element) =
                                WinogradTransform.taps(kernel[0], kernel[3], kernel[6])
                            let taps = [t0, t1, t2, t3, t4, t5]
                            let values = column(of: plane, block: block, x: x + dx - 1)
                            for point in sums.indices where needs(point, block: block) {
                                sums[point] = multiplyAdd(sums[point], values[point], taps[point])
                            }
                        }
                    }
                    if Element.sumTerms < .max && inputs > Element.sumTerms / 2 { sums = zip(totals, sums).map(+) }
                    for (row, result) in results(of: sums, block: block, bias: Element(bias?[channel] ?? 0))
                        .enumerated()
                    {
                        let y = block * WinogradTransform.results + row
                        guard y < height else { continue }
                        operands.output[channel * operands.outputPlaneStride + y * width + x] = activation.applied(
                            to: result)
                    }
                }
            }
        }
    }

    private func needs(_ point: Int, block: Int) -> Bool {
        !isShort(block) || WinogradTransform.isNeededForTwo(point: point)
    }

    private func isShort(_ block: Int) -> Bool { hasShortBlock && block == blocks - 1 }

    /// The results of one block's column.
    private func results<Element: KernelElement>(of sums: [Element], block: Int, bias: Element) -> [Element] {
        let (m, bias) = (sums.map(WinogradPixel.init), WinogradPixel(bias))
        if isShort(block) {
            let results = WinogradTransform.outputOfTwo(m[0], m[1], m[2], m[5], bias: bias)
            return [results.0.value, results.1.value]
        }
        let results = WinogradTransform.output(m[0], m[1], m[2], m[3], m[4], m[5], bias: bias)
        return [results.0.value, results.1.value, results.2.value, results.3.value]
    }

    /// The transformed values of one block's column, zero outside the image and at points that are not needed.
    private func column<Element: KernelElement>(of plane: UnsafePointer<Element>, block: Int, x: Int) -> [Element] {
        func pixel(_ row: Int) -> WinogradPixel<Element> {
            let y = block * WinogradTransform.results - 1 + row
            return WinogradPixel(y >= 0 && y < height && x >= 0 && x < width ? plane[y * width + x] : 0)
        }
        if isShort(block) {
            let values = WinogradTransform.inputOfTwo(pixel(0), pixel(1), pixel(2), pixel(3))
            return [values.0.value, values.1.value, values.2.value, 0, 0, values.3.value]
        }
        let values = WinogradTransform.input(pixel(0), pixel(1), pixel(2), pixel(3), pixel(4), pixel(5))
        return [
            values.0.value, values.1.value, values.2.value, values.3.value, values.4.value, values.5.value,
        ]
    }
}
