import ModelFormat
import Testing

/// Class 9: numbers that are none.
@Suite struct NumberAttacks {
    /// Every tensor of floats, and where in it the number is put.
    private static let places: [(String, Int)] = TinyModel.graph.tensors.filter { $0.role != .index }.flatMap {
        [($0.name, 0), ($0.name, $0.count - 1)]
    }

    @Test(
        arguments: places,
        [
            (0x7F80_0000, "inf"), (0xFF80_0000, "-inf"), (0x7FC0_0000, "nan"), (0x7F80_0001, "snan"),
            (0xFFFF_FFFF, "-nan"),
        ] as [(UInt32, String)])
    func aFloatThatIsNotFinite(place: (name: String, position: Int), number: (bits: UInt32, text: String)) {
        var forged = ForgedModel()
        let bytes = withUnsafeBytes(of: number.bits.littleEndian, Array.init)
        forged[tensor: place.name].data.replaceSubrange((4 * place.position)..<(4 * place.position + 4), with: bytes)
        let found = "\(Float(bitPattern: number.bits)) at \(place.position)"
        expect(.tensor(name: place.name, expected: "finite numbers", found: found), loading: forged)
    }

    @Test(arguments: [(0x7C00, "inf"), (0xFC00, "-inf"), (0x7E00, "nan")] as [(UInt16, String)], [0, 53, 107])
    func aHalfThatIsNotFinite(number: (bits: UInt16, text: String), position: Int) {
        var forged = ForgedModel()
        // The first tensor comes last, in half precision.
        var weight = forged.tensors.removeFirst()
        var halves = [UInt16](repeating: 0x3C00, count: 108)
        halves[position] = number.bits
        weight.data = halves.withUnsafeBytes(Array.init)
        weight.header["dtype"] = "F16"
        var end = 0
        forged.tensors.append(weight)
        for place in forged.tensors.indices {
            let count = forged.tensors[place].data.count
            forged.tensors[place].header["data_offsets"] = [.integer(end), .integer(end + count)]
            end += count
        }
        expect(
            .tensor(name: "stem.weight", expected: "finite numbers", found: "\(number.text) at \(position)"),
            loading: forged)
    }

    @Test(arguments: [0, 0x8000_0000, 1, 0x807F_FFFF, 0x0080_0000, 0x7F7F_FFFF, 0xFF7F_FFFF] as [UInt32])
    func everyFiniteNumberIsSound(bits: UInt32) throws {
        var forged = ForgedModel()
        forged[tensor: "stem.weight"].data.replaceSubrange(
            0..<4, with: withUnsafeBytes(of: bits.littleEndian, Array.init))
        #expect(try forged.load().floats("stem.weight")[0].bitPattern == bits)
    }

    @Test func preprocessingThatDividesByZero() {
        for (number, text) in [(0.0, "0.0"), (-0.5, "-0.5"), (1e-50, "0.0")] {
            expect(
                .member(
                    path: "preprocessing.std", expected: "three positive finite numbers",
                    found: "[\(text), 1.0, 1.0]")
            ) { $0["preprocessing"]["std"] = [.number(number), 1, 1] }
        }
        expect(.member(path: "preprocessing.mean[1]", expected: "a finite number", found: "1e+39")) {
            $0["preprocessing"]["mean"] = [0, 1e39, 0]
        }
        expect(.member(path: "preprocessing.mean", expected: "3 elements", found: "4")) {
            $0["preprocessing"]["mean"] = [0, 0, 0, 0]
        }
    }

    @Test func answersThatNothingCanMissOrMeet() {
        for (number, text) in [(0.0, "0.0"), (1.0, "1.0"), (1e-60, "0.0"), (-1.0, "-1.0"), (0.999999999, "1.0")] {
            expect(.member(path: "sample.tolerance", expected: "a number over 0 and below 1", found: text)) {
                $0["sample"]["tolerance"] = .number(number)
            }
        }
        expect(.member(path: "sample.logits[4]", expected: "a finite number", found: "-4e+38")) {
            $0["sample"]["logits"][4] = -4e38
        }
        expect(.syntax(source: "sample", offset: 24, reason: "the number 1e999 is out of range")) {
            $0.metadata["sample"] = #"{"seed":"7","tolerance":1e999}"#
        }
        expect(.member(path: "sample.logits", expected: "5 numbers, one a class", found: "4")) {
            $0["sample"]["logits"] = [1, 2, 3, 4]
        }
    }

    @Test(arguments: ["-1", "+7", "07", "18446744073709551616", "7.0", "seven", "0x7"])
    func seedsThatAreNoNumbers(text: String) {
        expect(
            .member(path: "sample.seed", expected: "a 64-bit unsigned integer in decimal", found: "\"\(text)\"")
        ) { $0["sample"]["seed"] = .string(text) }
    }
}
