import Engine
import ModelFormat

/// The kernels of this module, for the instruction set that it is compiled for.
///
/// Not inlined, as all that other modules call here: what comes back is code behind a protocol.
@inline(never)
public func makeKernelSet() -> any FloatKernelSet { CompiledKernels() }

/// The kernels as plans see them.
struct CompiledKernels: FloatKernelSet {
    var instructionSet: InstructionSet {
        #if CONDENSENET_HALF
            .half
        #elseif arch(arm64)
            .neon
        #elseif CONDENSENET_AVX512
            .avx512
        #elseif CONDENSENET_PORTABLE
            .sse2
        #elseif arch(x86_64)
            .avx2
        #else
            .generic
        #endif
    }

    var precision: Precision { Number.precision }

    func load(_ floats: UnsafePointer<Float>, count: Int, into numbers: UnsafeMutableRawPointer) {
        let numbers = numbers.assumingMemoryBound(to: Number.self)
        for index in 0..<count { numbers[index] = Number(floats[index]) }
    }

    func store(_ numbers: UnsafeRawPointer, count: Int, into floats: UnsafeMutablePointer<Float>) {
        let numbers = numbers.assumingMemoryBound(to: Number.self)
        for index in 0..<count { floats[index] = Float(numbers[index]) }
    }

    func units(of graph: Graph, options: PlanOptions) -> [PlanUnit] { KernelTable.units(of: graph, options: options) }

    func operation(
        _ unit: PlanUnit, layout: ArenaLayout, tensors: any TensorSource, options: PlanOptions
    ) throws -> any PlannedOperation {
        if unit.steps.count == 2 {
            return try DenseLayerOperation(
                unit.steps[0], unit.steps[1], StepPlaces(unit.steps[0], last: unit.steps[1], layout), tensors)
        }
        let step = unit.steps[0]
        let places = StepPlaces(step, layout)
        switch step.operation {
        case let convolution as Convolution:
            return try operation(step, convolution, places, tensors, options)
        case let pooling as Pooling:
            return try PoolingOperation(step, pooling, places, tensors)
        case let pooling as GlobalAveragePooling:
            return try GlobalAveragePoolingOperation(step, pooling.preActivation, places, tensors)
        case let addition as Addition:
            return AdditionOperation(step, addition, places, other: layout[addition.other])
        case let accumulation as Accumulation:
            if options.referenceKernels {
                return try ReferenceAccumulationOperation(step, accumulation, places, tensors)
            }
            return try AccumulationOperation(step, accumulation, places, tensors)
        case let squeezeExcite as ModelFormat.SqueezeExcite:
            return try SqueezeExciteOperation(step, squeezeExcite, places, tensors)
        case let linear as ModelFormat.Linear:
            return try LinearOperation(step, linear, places, tensors)
        case let other:
            preconditionFailure("no kernel for the operation \(other.word)")
        }
    }

    private func operation(
        _ step: Step, _ convolution: Convolution, _ places: StepPlaces, _ tensors: any TensorSource,
        _ options: PlanOptions
    ) throws -> any PlannedOperation {
        guard !options.referenceKernels, let shape = ConvolutionShape(step, height: places.input.shape.height) else {
            return try ReferenceConvolutionOperation(step, convolution, places, tensors)
        }
        return switch KernelTable.kernel(for: shape, winograd: options.winograd) {
        case .winograd: try ConvolutionOperation<Winograd3x3>(step, convolution, places, tensors)
        case .blocks: try Convolution2DOperation(step, convolution, places, tensors)
        case .pointwise: try PointwiseOperation(step, convolution, places, tensors)
        case .direct3x3: try ConvolutionOperation<Convolution3x3>(step, convolution, places, tensors)
        case .depthwise: try ConvolutionOperation<DepthwiseConvolution>(step, convolution, places, tensors)
        }
    }

    var multiplyAddsPerRound: Int { PeakMultiplyAdd.multiplyAddsPerRound }

    func multiplyAdds(rounds: Int, factor: Float, term: Float) -> Float {
        PeakMultiplyAdd.run(rounds: rounds, factor: factor, term: term)
    }

    func sum(_ floats: UnsafePointer<Float>, count: Int) -> Float { PeakRead.sum(floats, count: count) }
}
