import Engine
import Foundations
import ModelFormat

/// A kernel for convolutions that take their input as it is and leave their outputs in order.
protocol PlaneConvolution: Sendable {
    /// The kernel's name.
    static var name: String { get }
    /// The kernel for a step whose input has `shape`.
    init(_ step: Step, _ convolution: Convolution, shape: PlaneShape)
    /// Elements of the packed weights.
    var packedCount: Int { get }
    /// Brings weights and biases into the order that the kernel reads.
    func pack<Element: BinaryFloatingPoint>(
        weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, into packed: UnsafeMutablePointer<Element>)
    /// Elements of scratch memory for each thread.
    var scratchElements: Int { get }
    /// How many shares are best for two threads or more.
    func parts(threads: Int) -> Int
    /// Computes one share of the outputs from planes and packed weights.
    func run(_ source: Planes<Number>, _ weights: UnsafePointer<Number>, _ destination: Planes<Number>, _ share: Share)
}

/// A convolution of planes by one of the kernels, its weights packed.
final class ConvolutionOperation<Kernel: PlaneConvolution>: PlannedOperation {
    private let convolution: Kernel
    private let weights: StoredArray<Number>
    private let places: StepPlaces

    init(_ step: Step, _ source: Convolution, _ places: StepPlaces, _ tensors: any TensorSource) throws {
        let convolution = Kernel(step, source, shape: places.input.shape)
        weights = try tensors.packed(
            step, hasBias: source.bias, count: convolution.packedCount, pack: convolution.pack)
        self.convolution = convolution
        self.places = places
    }

    var kernel: String { Kernel.name }
    var packedBytes: Int { weights.byteCount }
    var scratchBytes: Int { MemoryLayout<Number>.size * convolution.scratchElements }

    func parts(threads: Int) -> Int { threads == 1 ? 1 : max(1, convolution.parts(threads: threads)) }

    func run(_ share: Share) {
        convolution.run(places.source(share), weights.pointer, places.destination(share), share)
    }
}
