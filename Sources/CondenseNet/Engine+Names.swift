import Engine

// What callers of this library name without importing the room that it lives in.

/// Why a sound model cannot be run here.
public typealias RuntimeError = Engine.RuntimeError
/// An instruction set that kernels are compiled for.
public typealias InstructionSet = Engine.InstructionSet
/// The numbers that a network is computed in.
public typealias Precision = Engine.Precision
/// Gives the tensors that a graph names.
public typealias TensorSource = Engine.TensorSource
