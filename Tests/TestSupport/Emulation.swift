import Foundation

/// The tests may run under an emulator of another processor, as tools/arm/test-aarch64.sh runs them.
///
/// An emulator is tens of times slower, and what the system says of a process is true of the emulator around it.
public enum Emulation {
    /// Whether `CONDENSENET_EMULATED=1` says so.
    public static let isOn = ProcessInfo.processInfo.environment["CONDENSENET_EMULATED"] == "1"
}

extension Collection {
    /// Every element; under emulation a seeded sample of about `count`, the first and the last among them.
    public func sampledUnderEmulation(_ count: Int = 400) -> [Element] {
        guard Emulation.isOn, self.count > count else { return Array(self) }
        var state: UInt64 = 2018
        return enumerated().filter { position, _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return position == 0 || position == self.count - 1 || Int(state >> 33) % self.count < count
        }.map(\.element)
    }
}
