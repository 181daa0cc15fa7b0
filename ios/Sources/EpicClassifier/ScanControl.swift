internal import EpicFFI

/// Cancels, pauses and resumes a scan from any thread. A cancelled one stays cancelled.
public final class ScanControl: Sendable {
    let native = TaskControl()

    public init() {}

    /// Asks for the end; the scan ends within a few hundredths of a second.
    public func cancel() { native.cancel() }

    /// Whether ``cancel()`` was called.
    public var isCancelled: Bool { native.isCancelled() }

    /// Lets no further picture begin until ``resume()``.
    public func pause() { native.pause() }

    /// Ends a pause.
    public func resume() { native.resume() }

    /// Whether the scan is paused.
    public var isPaused: Bool { native.isPaused() }
}
