import Foundation
import TestSupport
import Testing

/// `condensenet inspect MODEL`
struct InspectTests {
    /// A network and what the paper's counting rule says of it.
    struct Row: CustomTestStringConvertible {
        let file: String
        let classes: Int
        let millionPaperFLOPs: String
        let parameters: Int
        let millionMACs: String

        var testDescription: String { file }
    }

    private static let table = [
        Row(
            file: "condensenet-74-g4", classes: 1000, millionPaperFLOPs: "529.328", parameters: 4_773_944,
            millionMACs: "516.641"),
        Row(
            file: "condensenet-74-g8", classes: 1000, millionPaperFLOPs: "274.233", parameters: 2_935_416,
            millionMACs: "261.546"),
        Row(
            file: "cifar-condensenet-50", classes: 10, millionPaperFLOPs: "28.640", parameters: 214_186,
            millionMACs: "27.183"),
        Row(
            file: "cifar-condensenet-74", classes: 10, millionPaperFLOPs: "51.894", parameters: 402_026,
            millionMACs: "49.205"),
        Row(
            file: "cifar-condensenet-86", classes: 10, millionPaperFLOPs: "65.812", parameters: 516_202,
            millionMACs: "62.378"),
        Row(
            file: "cifar-condensenet-98", classes: 10, millionPaperFLOPs: "81.259", parameters: 643_882,
            millionMACs: "76.993"),
        Row(
            file: "cifar-condensenet-110", classes: 10, millionPaperFLOPs: "98.233", parameters: 785_066,
            millionMACs: "93.050"),
        Row(
            file: "cifar-condensenet-122", classes: 10, millionPaperFLOPs: "116.736", parameters: 939_754,
            millionMACs: "110.549"),
        Row(
            file: "cifar-condensenet-182", classes: 10, millionPaperFLOPs: "512.659", parameters: 4_209_226,
            millionMACs: "493.917"),
        Row(
            file: "densenet-121", classes: 1000, millionPaperFLOPs: "2850.583", parameters: 7_978_856,
            millionMACs: "2834.162"),
        Row(
            file: "vgg-16", classes: 1000, millionPaperFLOPs: "15483.829", parameters: 138_357_544,
            millionMACs: "15470.264"),
        Row(
            file: "resnet-18", classes: 1000, millionPaperFLOPs: "1816.408", parameters: 11_689_512,
            millionMACs: "1814.073"),
        Row(
            file: "mobilenet-v1", classes: 1000, millionPaperFLOPs: "573.834", parameters: 4_231_976,
            millionMACs: "568.740"),
    ]

    @Test(arguments: table) func papersNumbers(row: Row) throws {
        let result = try condensenet("inspect", Shipped.path("models/\(row.file).json"), "--json")
        #expect(result.code == 0)
        let json = try JSON(result.output)
        func millions(_ name: String) -> String { String(format: "%.3f", json[name]!.double! / 1e6) }
        #expect(json["parameters"]?.int == row.parameters)
        #expect(millions("paper_flops") == row.millionPaperFLOPs)
        #expect(millions("macs") == row.millionMACs)
        #expect(json["classes"]?.int == row.classes)
        #expect(json["random_weights"]?.bool == true)
        let side = row.classes == 1000 ? 224 : 32
        #expect(json["input"]!.elements.map { $0.int! } == [3, side, side])
        let layers = json["layers"]!.elements
        for (total, name) in [(row.parameters, "parameters"), (json["macs"]!.int!, "macs")] {
            #expect(layers.reduce(0) { $0 + $1[name]!.int! } == total, "\(name)")
        }
        #expect(layers.reduce(0) { $0 + $1["paper_flops"]!.int! } == json["paper_flops"]!.int!)
    }

    @Test func everyShippedNetworkIsListed() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Shipped.path("models"))
        let shipped = files.filter { $0.hasSuffix(".json") }
        #expect(Set(shipped) == Set(Self.table.map { $0.file + ".json" }))
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
