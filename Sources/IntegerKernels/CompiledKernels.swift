import Engine
import ModelFormat

/// The kernels of this module, for the instruction set that it is compiled for.
///
/// Not inlined, as all that other modules call here: what comes back is code behind a protocol.
@inline(never)
public func makeKernelSet() -> any KernelSet { CompiledKernels() }

/// The kernels as plans see them.
struct CompiledKernels: KernelSet {
    var instructionSet: InstructionSet {
        #if CONDENSENET_BYTES_DOT
            .dot
        #elseif arch(arm64)
            .neon
        #elseif CONDENSENET_BYTES_VNNI512
            .avx512vnni
        #elseif CONDENSENET_BYTES_VNNI
            .avxvnni
        #elseif CONDENSENET_BYTES_AVX2
            .avx2
        #elseif arch(x86_64)
            .sse2
        #else
            .generic
        #endif
    }

    var precision: Precision { .int8 }

    func units(of graph: Graph, options: PlanOptions) -> [PlanUnit] { graph.steps.map { PlanUnit($0) } }

    func operation(
        _ unit: PlanUnit, layout: ArenaLayout, tensors: any TensorSource, options: PlanOptions
    ) throws -> any PlannedOperation {
        let step = unit.steps[0]
        let places = StepPlaces(step, layout)
        switch step.operation {
        case let convolution as Convolution where options.referenceKernels || places.writesFloats:
            return try ReferenceConvolutionOperation(step, convolution, places, tensors)
        case let convolution as Convolution:
            return try ConvolutionOperation(step, convolution, places, tensors)
        case let pooling as Pooling where options.referenceKernels:
            return try ReferencePoolingOperation(step, pooling.preActivation, window: pooling, places, tensors)
        case let pooling as GlobalAveragePooling where options.referenceKernels:
            return try ReferencePoolingOperation(step, pooling.preActivation, window: nil, places, tensors)
        case let pooling as Pooling where pooling.kind == .maximum:
            return MaximumPoolingOperation(step, pooling, places)
        case let pooling as Pooling:
            return try AveragePoolingOperation(
                step, pooling.preActivation, window: pooling.kernel, stride: pooling.stride, places, tensors)
        case let pooling as GlobalAveragePooling:
            return try AveragePoolingOperation(step, pooling.preActivation, window: nil, stride: 1, places, tensors)
        case let linear as Linear where options.referenceKernels:
            return try ReferenceLinearOperation(step, linear, places, tensors)
        case let linear as Linear:
            return try LinearOperation(step, linear, places, tensors)
        case let other:
            preconditionFailure("no kernel for the operation \(other.word)")
        }
    }
}
