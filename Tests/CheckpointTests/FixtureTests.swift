import Checkpoint
import Foundation
import TestSupport
import Testing

/// Checkpoints that PyTorch wrote, against what `torch.load` reads from them (`checkpoint-variants/make.py`).
@Suite struct FixtureTests {
    /// Tensors of every type, view and wrapping, in every container and pickle protocol.
    @Test(arguments: try! variants()) func variant(_ name: String, _ expected: [String: TensorDigest]) throws {
        let checkpoint = try Checkpoint.load(path: Fixture.path("checkpoint-variants/\(name)"))
        #expect(Set(checkpoint.names) == Set(expected.keys))
        for (tensorName, digest) in expected {
            let tensor = try #require(checkpoint[tensorName])
            #expect(try TensorDigest(of: tensor) == digest, "\(tensorName) of \(name)")
        }
        let container: Checkpoint.Container =
            name.contains("stacked")
            ? .stackedPickles : name.contains("tar") ? .tar : name.hasSuffix(".safetensors") ? .safetensors : .zip
        #expect(checkpoint.container == container)
    }

    /// Names, order, types, shapes and every value of the checkpoints that the original training code wrote.
    @Test(arguments: try! digests()) func trained(_ name: String, _ expected: FileDigest) throws {
        let checkpoint = try Checkpoint.load(path: Fixture.path(name))
        let lines = try checkpoint.names.map { name in
            let digest = try TensorDigest(of: try #require(checkpoint[name]))
            return "\(name) \(digest.type) \(digest.shape) \(digest.crc)\n"
        }
        #expect(FileDigest(count: lines.count, crc: crc32(lines.joined().utf8)) == expected)
    }

    /// One network in three containers. PyTorch 0.3 kept no `num_batches_tracked`; all else is the same, bit by bit.
    @Test(arguments: ["dense", "converted"]) func containersAgree(_ network: String) throws {
        func load(_ suffix: String) throws -> Checkpoint {
            try Checkpoint.load(path: Fixture.path("cifar10-g4/\(network)\(suffix).pth.tar"))
        }
        let (zip, stacked, torch03) = (try load(""), try load("-legacy"), try load("-torch03"))
        #expect([zip, stacked, torch03].map(\.container) == [.zip, .stackedPickles, .stackedPickles])
        #expect(stacked.names == zip.names)
        #expect(Set(torch03.names) == Set(zip.names.filter { !$0.hasSuffix("num_batches_tracked") }))
        for (name, other) in zip.names.map({ ($0, stacked) }) + torch03.names.map({ ($0, torch03) }) {
            let (first, second) = (try #require(zip[name]), try #require(other[name]))
            #expect(first.shape == second.shape, "\(name)")
            #expect(try first.floats().map(\.bitPattern) == second.floats().map(\.bitPattern), "\(name)")
        }
    }

    /// Tensors with a file's other contents beside them are found; the others are named.
    @Test func passengersAreNamed() throws {
        let checkpoint = try Checkpoint.load(path: Fixture.path("checkpoint-variants/training-protocol2.pth"))
        #expect(
            checkpoint.remarks == [
                "ignored beside the state dict: epoch, args, best_prec1, best_prec5, history, size, dtype, device and "
                    + "3 more"
            ])
    }

    static func variants() throws -> [(String, [String: TensorDigest])] {
        try decode([String: [String: TensorDigest]].self, "expected").sorted { $0.key < $1.key }
    }

    static func digests() throws -> [(String, FileDigest)] {
        try decode([String: FileDigest].self, "digests").sorted { $0.key < $1.key }
    }

    private static func decode<T: Decodable>(_ type: T.Type, _ name: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(try Fixture.bytes("checkpoint-variants/\(name).json")))
    }
}

/// A tensor's type and shape, and a checksum of its elements as single-precision numbers or 64-bit integers.
struct TensorDigest: Equatable, Decodable, Sendable {
    let type: String
    let shape: [Int]
    let crc: UInt32

    init(of tensor: CheckpointTensor) throws {
        type = tensor.elementType.rawValue
        shape = tensor.shape
        crc = crc32(
            tensor.elementType.isInteger
                ? CheckpointTests.bytes(try tensor.integers()) : CheckpointTests.bytes(try tensor.floats()))
    }

    init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        type = try list.decode(String.self)
        shape = try list.decode([Int].self)
        crc = try list.decode(UInt32.self)
    }
}

/// How many tensors a file has, and a checksum of all that is known of each.
struct FileDigest: Equatable, Decodable, Sendable {
    let count: Int
    let crc: UInt32

    init(count: Int, crc: UInt32) {
        self.count = count
        self.crc = crc
    }

    init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        count = try list.decode(Int.self)
        crc = try list.decode(UInt32.self)
    }
}
