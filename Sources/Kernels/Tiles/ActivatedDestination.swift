import ModelFormat

/// Takes the sums of a tile after an activation.
private struct ActivatedDestination<Function: ActivationFunction, Destination: SumDestination>: SumDestination {
    typealias Element = Destination.Element
    let destination: Destination

    @inline(__always)
    init(_: Function.Type, _ destination: Destination) {
        self.destination = destination
    }

    @inline(__always)
    func store<Pixels: PixelVectors<Element>>(_ sums: Pixels, output: Int, row: Int) {
        destination.store(Function.apply(sums), output: output, row: row)
    }
}

/// The activation is asked for once a tile, and not once a vector.
extension OutputTile {
    /// Hands over the activated sums of each output of this row of a tile.
    @inline(__always)
    func store(_ activation: Activation, to destination: some SumDestination<Element>, row: Int) {
        switch activation {
        case .none: store(to: destination, row: row)
        case .relu: store(to: ActivatedDestination(ReLU.self, destination), row: row)
        case .hardSwish: store(to: ActivatedDestination(HardSwish.self, destination), row: row)
        }
    }
}

extension DirectTile {
    /// Hands over the activated sums of each output and row.
    @inline(__always)
    func store(_ activation: Activation, to destination: some SumDestination<Element>) {
        switch activation {
        case .none: store(to: destination)
        case .relu: store(to: ActivatedDestination(ReLU.self, destination))
        case .hardSwish: store(to: ActivatedDestination(HardSwish.self, destination))
        }
    }
}
