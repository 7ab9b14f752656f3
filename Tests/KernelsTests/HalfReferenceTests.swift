import Foundations

#if !(os(macOS) && arch(x86_64))
    import Engine
    import ModelFormat
    import TestSupport
    import Testing

    @testable import Kernels

    #if !CONDENSENET_HALF
        extension Float16: TiledElement {}
    #endif

    /// The plain reference kernels for another type of number: `Float16`, in software where the processor has none.
    @Suite("Reference kernels in half precision")
    struct HalfReferenceTests {
        /// Values in −1…1, rounded to half.
        private func values(_ count: Int, _ random: inout SplitMix64) -> [Float16] {
            (0..<count).map { _ in Float16(random.value()) }
        }

        /// Whether `sum` in half precision lies within `terms · ε · magnitude` of the exact one, each step having rounded
        /// once.
        private func check(_ actual: Float16, _ exact: Double, magnitude: Double, terms: Int, _ comment: Comment) {
            let bound = Double(terms) * Double(Float16.ulpOfOne) * magnitude + 0x1p-24
            #expect(abs(Double(actual) - exact) <= bound, comment)
        }

        @Test("Any convolution", arguments: [(1, 1, 0), (3, 1, 1), (3, 2, 1), (5, 1, 2)], Activation.allCases)
        func convolution(geometry: (Int, Int, Int), activation: Activation) {
            let (kernel, stride, padding) = geometry
            var random = SplitMix64(seed: 3)
            let shape = Convolution2D(
                groups: 2, inputs: 3, outputs: 2, inputWidth: 6, inputHeight: 5, kernelWidth: kernel,
                kernelHeight: kernel, stride: stride, padding: padding, activation: .none)
            let input = values(6 * 30, &random)
            let weights = values(4 * 3 * kernel * kernel, &random).map { Float($0) }
            let pixels = shape.width * shape.height
            var plain = [Float16](repeating: .nan, count: 4 * pixels)
            var activated = plain
            input.withUnsafeBufferPointer { input in
                for (index, activation) in [Activation.none, activation].enumerated() {
                    var output = [Float16](repeating: .nan, count: 4 * pixels)
                    output.withUnsafeMutableBufferPointer { output in
                        let shape = Convolution2D(
                            groups: 2, inputs: 3, outputs: 2, inputWidth: 6, inputHeight: 5, kernelWidth: kernel,
                            kernelHeight: kernel, stride: stride, padding: padding, activation: activation)
                        shape.runReference(
                            Float16.self,
                            Convolution2DOperands(
                                input: input.baseAddress!, inputPlaneStride: 30, weights: input.baseAddress!,
                                output: output.baseAddress!, outputPlaneStride: pixels),
                            weights: weights, bias: nil)
                    }
                    if index == 0 { plain = output } else { activated = output }
                }
            }
            for channel in 0..<4 {
                for pixel in 0..<pixels {
                    var (sum, magnitude) = (0.0, 0.0)
                    for tap in 0..<3 * kernel * kernel {
                        let (i, dy, dx) = (tap / (kernel * kernel), tap / kernel % kernel, tap % kernel)
                        let y = pixel / shape.width * stride + dy - padding
                        let x = pixel % shape.width * stride + dx - padding
                        guard y >= 0, y < 5, x >= 0, x < 6 else { continue }
                        let product =
                            Double(input[(channel / 2 * 3 + i) * 30 + y * 6 + x])
                            * Double(weights[channel * 3 * kernel * kernel + tap])
                        sum += product
                        magnitude += abs(product)
                    }
                    let place = channel * pixels + pixel
                    check(plain[place], sum, magnitude: magnitude, terms: 3 * kernel * kernel, "\(geometry), \(place)")
                    #expect(activated[place] == activation.applied(to: plain[place]))
                }
            }
        }

        @Test("1×1 convolution with its bounds folded in half precision", arguments: Activation.allCases)
        func pointwise(preActivation: Activation) {
            var random = SplitMix64(seed: 5)
            let shape = PointwiseConvolution(
                groups: 1, inputs: 9, outputs: 2, width: 5, height: 1, preActivation: preActivation, activation: .none)
            let input = values(45, &random)
            let weights = values(18, &random).map { Float($0) }
            let (scale, shift) = (values(9, &random).map { Float($0) }, values(9, &random).map { Float($0) })
            let (halfScale, halfShift) = (scale.map { Float16($0) }, shift.map { Float16($0) })
            let (inputPlanes, outputPlanes) = (IndexBuffer(Array(0..<9)), IndexBuffer([0, 1]))
            let gathered = UnsafeMutablePointer<GatheredInput<Float16>>.allocate(capacity: 9)
            defer { gathered.deallocate() }
            var rising: Int32 = 0
            var output = [Float16](repeating: .nan, count: 10)
            scale.withUnsafeBufferPointer { scale in
                shift.withUnsafeBufferPointer { shift in
                    let normalization = Normalization(scale: scale.baseAddress!, shift: shift.baseAddress!)
                    shape.gather(planes: inputPlanes.readOnly, normalization: normalization, into: gathered)
                    shape.countRising(normalization: normalization, into: &rising)
                    shape.runReference(
                        Float16.self,
                        PointwiseOperands(
                            input: input, inputPlaneStride: 5,
                            inputs: GatheredInputs(
                                inputs: gathered, rising: &rising,
                                normalization: Normalization(scale: halfScale, shift: halfShift)),
                            weights: input, output: &output, outputLayout: .planes(planeStride: 5),
                            outputPlanes: outputPlanes.readOnly),
                        weights: weights, bias: nil, normalization: normalization)
                }
            }
            keepAlive(inputPlanes, outputPlanes)
            for channel in 0..<2 {
                for pixel in 0..<5 {
                    var (sum, magnitude) = (0.0, 0.0)
                    for i in 0..<9 {
                        let scaled = Double(input[i * 5 + pixel]) * Double(scale[i])
                        let x = scaled + Double(shift[i])
                        let value =
                            switch preActivation {
                            case .none: x
                            case .relu: max(x, 0)
                            case .hardSwish: x * min(max(x + 3, 0), 6) / 6
                            }
                        let weight = Double(weights[channel * 9 + i])
                        sum += value * weight
                        magnitude += (abs(scaled) + 2 * abs(Double(shift[i]))) * abs(weight)
                    }
                    check(
                        output[channel * 5 + pixel], sum, magnitude: magnitude, terms: 9 + 4,
                        "\(preActivation), \(channel), \(pixel)")
                }
            }
        }

        @Test("Linear layer, averages and sums of planes")
        func others() {
            var random = SplitMix64(seed: 7)
            let layer = Linear(inputs: 20, outputs: 3, activation: .none)
            let input = values(20, &random)
            let weights = values(60, &random).map { Float($0) }
            var output = [Float16](repeating: .nan, count: 3)
            layer.runReference(Float16.self, input: input, weights: weights, bias: nil, output: &output)
            for row in 0..<3 {
                let products = (0..<20).map { Double(input[$0]) * Double(weights[row * 20 + $0]) }
                check(
                    output[row], products.reduce(0, +), magnitude: products.reduce(0) { $0 + abs($1) }, terms: 20,
                    "output \(row)")
            }
            let pool = GlobalAveragePool(channels: 1, pixels: 20, preActivation: .relu)
            var mean: Float16 = .nan
            input.withUnsafeBufferPointer { input in
                withUnsafeMutablePointer(to: &mean) { mean in
                    pool.runReference(
                        Float16.self,
                        PoolingOperands(
                            input: input.baseAddress!, inputPlaneStride: 20, output: mean, outputPlaneStride: 1))
                }
            }
            let positive = input.map { max(0, Double($0)) }
            check(mean, positive.reduce(0, +) / 20, magnitude: positive.reduce(0, +) / 20, terms: 21, "mean")
            var sums = [Float16](repeating: .nan, count: 20)
            addPlanesReference(
                Float16.self, input, aPlaneStride: 20, input, bPlaneStride: 20, output: &sums, outputPlaneStride: 20,
                pixels: 20, planes: 0..<1, activation: .none)
            #expect(sums == input.map { $0 + $0 })
        }
    }
#endif
