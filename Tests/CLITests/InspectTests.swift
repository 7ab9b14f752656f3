import Foundation
import TestSupport
import Testing

/// `condensenet inspect MODEL`
struct InspectTests {
    /// Networks and what the paper's counting rule says of them: file, classes, millions of FLOPs, parameters, millions of
    /// multiply-accumulates.
    private static let table = TableRow.rows(
        """
        condensenet-74-g4        1000    529.328    4_773_944    516.641
        condensenet-74-g8        1000    274.233    2_935_416    261.546
        cifar-condensenet-50       10     28.640      214_186     27.183
        cifar-condensenet-74       10     51.894      402_026     49.205
        cifar-condensenet-86       10     65.812      516_202     62.378
        cifar-condensenet-98       10     81.259      643_882     76.993
        cifar-condensenet-110      10     98.233      785_066     93.050
        cifar-condensenet-122      10    116.736      939_754    110.549
        cifar-condensenet-182      10    512.659    4_209_226    493.917
        condensenet-v2-a         1000     45.874    2_038_444     43.144
        condensenet-v2-b         1000    146.469    3_592_662    140.469
        condensenet-v2-c         1000    309.741    6_177_512    295.788
        cifar-condensenet-v2-110   10    114.665    1_898_030    109.220
        cifar-condensenet-v2-146   10    186.770    2_879_054    177.969
        densenet-121             1000   2850.583    7_978_856   2834.162
        vgg-16                   1000  15483.829  138_357_544  15470.264
        resnet-18                1000   1816.408   11_689_512   1814.073
        mobilenet-v1             1000    573.834    4_231_976    568.740
        """)

    @Test(arguments: table) func papersNumbers(row: TableRow) throws {
        let (classes, parameters) = (row[1], row[3])
        let result = try condensenet("inspect", Shipped.path("models/\(row).json"), "--json")
        #expect(result.code == 0)
        let json = try JSON(result.output)
        func millions(_ name: String) -> String { String(format: "%.3f", json[name]!.double! / 1e6) }
        #expect(json["parameters"]?.int == parameters)
        #expect(millions("paper_flops") == row[text: 2])
        #expect(millions("macs") == row[text: 4])
        #expect(json["classes"]?.int == classes)
        #expect(json["random_weights"]?.bool == true)
        let side = classes == 1000 ? 224 : 32
        #expect(json["input"]!.elements.map { $0.int! } == [3, side, side])
        let layers = json["layers"]!.elements
        for (total, name) in [(parameters, "parameters"), (json["macs"]!.int!, "macs")] {
            #expect(layers.reduce(0) { $0 + $1[name]!.int! } == total, "\(name)")
        }
        #expect(layers.reduce(0) { $0 + $1["paper_flops"]!.int! } == json["paper_flops"]!.int!)
    }

    @Test func everyShippedNetworkIsListed() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Shipped.path("models"))
        let shipped = files.filter { $0.hasSuffix(".json") }
        #expect(Set(shipped) == Set(Self.table.map { "\($0).json" }))
    }

    @Test func jsonKeys() throws {
        let result = try condensenet("inspect", Shipped.model, "--json", "--plan")
        #expect(result.code == 0 && result.diagnostics.isEmpty)
        let json = try JSON(result.output)
        #expect(
            json.names.isSuperset(of: [
                "schema_version", "name", "parameters", "macs", "paper_flops", "input", "classes", "layers", "plan",
                "crc32", "arena_bytes", "packed_bytes",
            ]))
        #expect(json["labels"]!.elements.map { $0.string! } == Shipped.labels)
        let bytes = try FileManager.default.attributesOfItem(atPath: Shipped.model)[.size] as? NSNumber
        #expect(json["file_bytes"]?.int == bytes?.intValue && json["half_precision"]?.bool == false)
        #expect(json["preprocessing"]!.names == ["resize", "crop", "color_order", "mean", "std"])
        #expect(json["preprocessing"]!["crop"]?.int == 32)
        #expect(json["provenance"]!.names == ["source", "source_sha256", "converter"])
        #expect(json["random_weights"]?.bool == false)
        #expect(
            json["layers"]!.elements.allSatisfy {
                $0.names.isSuperset(of: ["name", "operation", "input", "output", "parameters", "macs", "paper_flops"])
            })
        let plan = json["plan"]!.elements
        #expect(plan.reduce(0) { $0 + $1["macs"]!.int! } == json["macs"]!.int!)
        #expect(plan.flatMap { $0["steps"]!.elements.map { $0.string! } }.count == json["layers"]!.count)
    }

    @Test func textShowsTheTotals() throws {
        let result = try condensenet("inspect", Shipped.path("models/condensenet-74-g8.json"))
        #expect(result.code == 0)
        #expect(result.output.contains("  parameters    2,935,416\n"), "\(result.output.prefix(800))")
        #expect(result.output.contains("(274.233 M)\n"))
        #expect(result.output.contains("random, seed 1\n"))
        let trained = try condensenet("inspect", Shipped.model)
        #expect(
            trained.output.contains("  labels        T-shirt/top, Trouser, Pullover,"), "\(trained.output.prefix(800))")
    }

    @Test func notAModel() throws {
        let folder = try TemporaryFolder()
        expectFailure(try condensenet("inspect", "/nowhere"), 66, "/nowhere: No such file or directory")
        expectFailure(try condensenet("inspect", folder.path), 65, "expected a regular file, found a directory")
        expectFailure(try condensenet("inspect", try folder.write([UInt8](), to: "empty")), 65, folder.path("empty"))
        expectFailure(try condensenet("inspect", Shipped.sample("bag")), 65, "bag.png")
    }
}
