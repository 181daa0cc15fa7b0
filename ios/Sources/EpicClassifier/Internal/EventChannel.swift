import Foundation

/// Events from the scan's thread to a task. The thread waits while `capacity` events are unread.
final class EventChannel: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private var events: [ScanEvent] = []
    private var waiting: CheckedContinuation<ScanEvent?, any Error>?
    private var hasBegun = false
    /// Nobody reads on: events are dropped.
    private var isClosed = false
    /// What comes after the events: the scan's end.
    private var hasEnded = false
    private var failure: (any Error)?

    init(capacity: Int) { self.capacity = capacity }

    /// Whether this is the first call.
    func begin() -> Bool {
        condition.withLock {
            defer { hasBegun = true }
            return !hasBegun
        }
    }

    /// The next event; `nil` after the last. One task at a time.
    func next() async throws -> ScanEvent? {
        try await withCheckedThrowingContinuation { continuation in
            condition.lock()
            defer { condition.unlock() }
            if isClosed && !hasEnded {
                continuation.resume(throwing: CancellationError())
            } else if !events.isEmpty {
                let event = events.removeFirst()
                condition.broadcast()
                continuation.resume(returning: event)
            } else if hasEnded {
                resume(continuation)
            } else {
                precondition(waiting == nil, "a scan is iterated by one task at a time")
                waiting = continuation
            }
        }
    }

    /// From the scan's thread.
    func send(_ event: ScanEvent) {
        condition.lock()
        defer { condition.unlock() }
        while events.count >= capacity && !isClosed { condition.wait() }
        if isClosed { return }
        if let waiting {
            self.waiting = nil
            waiting.resume(returning: event)
        } else {
            events.append(event)
        }
    }

    /// The scan's last word.
    func end(with outcome: Result<ScanEvent, any Error>) {
        if case .success(let event) = outcome { send(event) }
        condition.lock()
        defer { condition.unlock() }
        hasEnded = true
        if case .failure(let error) = outcome { failure = error }
        if let waiting {
            self.waiting = nil
            resume(waiting)
        }
    }

    /// Nobody reads on. Returns whether the scan was still in work.
    func close() -> Bool {
        condition.lock()
        defer { condition.unlock() }
        if isClosed || hasEnded { return false }
        isClosed = true
        events = []
        condition.broadcast()
        waiting?.resume(throwing: CancellationError())
        waiting = nil
        return true
    }

    private func resume(_ continuation: CheckedContinuation<ScanEvent?, any Error>) {
        if let failure {
            self.failure = nil
            continuation.resume(throwing: failure)
        } else {
            continuation.resume(returning: nil)
        }
    }
}
