import ModelFormat

/// Normalises and activates consecutive pixels of one channel in place.
///
/// - Parameters:
///   - row: `count` pixels at any address; nothing else is touched.
///   - channel: the channel in `normalization`, if there is one.
@inline(__always)
func activateRow<Element: KernelElement>(
    _ row: UnsafeMutablePointer<Element>, count: Int, _ normalization: Normalization<Element>?, channel: Int,
    _ activation: Activation
) {
    switch activation {
    case .none: activateRow(Identity.self, row, count, normalization, channel)
    case .relu: activateRow(ReLU.self, row, count, normalization, channel)
    case .hardSwish: activateRow(HardSwish.self, row, count, normalization, channel)
    }
}

private func activateRow<Element: KernelElement, Function: ActivationFunction>(
    _: Function.Type, _ row: UnsafeMutablePointer<Element>, _ count: Int, _ normalization: Normalization<Element>?,
    _ channel: Int
) {
    let scale = normalization?.scale[channel] ?? 1
    let shift = normalization?.shift[channel] ?? 0
    var pixel = 0
    while pixel &+ 8 <= count {
        var pixels = Pixels8<Element>(repeating: shift)
        pixels.addProduct(Pixels8(loading: row + pixel), scale)
        Function.apply(pixels).store(to: row + pixel)
        pixel &+= 8
    }
    while pixel < count {
        row[pixel] = Function.apply(multiplyAdd(shift, row[pixel], scale))
        pixel &+= 1
    }
}
