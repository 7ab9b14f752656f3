import Checkpoint
import CondenseNet
import Condenser
import ModelFormat

/// A checkpoint of any container through the whole converter: refused, or turned into a model that loads and plans.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        let bytes = Array(UnsafeBufferPointer(start: start, count: count))
        let conversion = try Conversion(file: bytes, name: "fuzzed")
        _ = try ExecutionPlan(Model(try ModelFile(bytes: conversion.bytes)))
    } catch {
        _ = "\(error)"
    }
    return 0
}
