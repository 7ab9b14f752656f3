/// The stack with its marks, and the memo.
extension PickleMachine {
    /// Values above the last mark.
    private var available: Int { stack.count - (marks.last ?? 0) }

    /// Throws unless `count` values lie above the last mark.
    func require(_ count: Int) throws {
        guard available >= count else { throw fault(.stackUnderflow(needed: count, found: available)) }
    }

    /// The uppermost value, removed.
    mutating func pop() throws -> PickleValue {
        try require(1)
        return stack.removeLast()
    }

    /// The uppermost value, left in place.
    func top() throws -> PickleValue {
        try require(1)
        return stack[stack.count - 1]
    }

    mutating func pushMark() throws {
        try checkDepth(marks.count + 1)
        marks.append(stack.count)
    }

    /// The values above the last mark. They and the mark are removed.
    mutating func popToMark() throws -> [PickleValue] {
        guard let mark = marks.popLast() else { throw fault(.noMark) }
        let values = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return values
    }

    /// `POP`: removes the uppermost value, or the last mark where nothing lies above it.
    mutating func discard() throws {
        if available == 0, !marks.isEmpty { marks.removeLast() } else { _ = try pop() }
    }

    mutating func push(memoized index: Int) throws {
        guard let value = memo[index] else { throw fault(.memoMiss(index: index)) }
        stack.append(value)
    }

    func checkDepth(_ depth: Int) throws {
        guard depth <= limits.pickleDepth else {
            throw CheckpointError.overLimit(.pickleDepth, limit: limits.pickleDepth, found: depth, at: place)
        }
    }
}
