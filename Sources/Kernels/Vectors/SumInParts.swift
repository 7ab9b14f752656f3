/// `first` and `count` products, in the order and in the parts of `sumTerms` in which kernels take them; for references.
func sumInParts<Element: KernelElement>(
    _ first: Element, count: Int, product: (Int) -> (Element, Element)
) -> Element {
    var (sum, taken) = (first, 0)
    while count - taken > Element.sumTerms {
        var part: Element = 0
        for index in taken..<taken + Element.sumTerms {
            let (a, b) = product(index)
            part = multiplyAdd(part, a, b)
        }
        sum += part
        taken += Element.sumTerms
    }
    for index in taken..<count {
        let (a, b) = product(index)
        sum = multiplyAdd(sum, a, b)
    }
    return sum
}
