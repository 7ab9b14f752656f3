/// The version of this library and of the programs built with it.
public let version = "0.1.0"
