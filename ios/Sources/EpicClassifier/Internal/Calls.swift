import Foundation
internal import EpicFFI

/// Runs a native call and shapes what it throws.
func guarded<Result>(_ call: () throws -> Result) throws -> Result {
    do {
        return try call()
    } catch let error as EpicFFI.EpicError {
        throw EpicError(error)
    } catch let error as EpicError {
        throw error
    } catch let error as CancellationError {
        throw error
    } catch where "\(type(of: error))" == "UniffiInternalError" {
        throw EpicError.internal(kind: "internal", message: "internal error: a panic was caught")
    }
}

/// Runs blocking work on a thread of ours. A cancelled task does not wait for it: the work is finished and
/// its result dropped.
func abandoning<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
    let call = PendingCall<Value>()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            guard call.begin(continuation) else { return }
            workers.addOperation {
                guard call.isPending else { return }
                call.end(Result { try guarded(work) })
            }
        }
    } onCancel: {
        call.end(.failure(CancellationError()))
    }
}

/// As many calls at once as there are cores: each of them computes.
private let workers: OperationQueue = {
    let queue = OperationQueue()
    queue.name = "org.epicclassifier.calls"
    queue.maxConcurrentOperationCount = max(2, ProcessInfo.processInfo.activeProcessorCount)
    queue.qualityOfService = .userInitiated
    return queue
}()

/// A continuation that is resumed once, by the work's end or by cancellation, whichever comes first.
private final class PendingCall<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var continuation: CheckedContinuation<Value, any Error>?
    private var outcome: Result<Value, any Error>?

    var isPending: Bool { lock.withLock { outcome == nil } }

    /// Whether the work is still wanted.
    func begin(_ continuation: CheckedContinuation<Value, any Error>) -> Bool {
        let early = lock.withLock {
            if outcome == nil { self.continuation = continuation }
            return outcome
        }
        if let early { continuation.resume(with: early) }
        return early == nil
    }

    func end(_ outcome: Result<Value, any Error>) {
        let waiting = lock.withLock {
            if self.outcome == nil { self.outcome = outcome }
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(with: outcome)
    }
}

extension ImageSource {
    /// Hands a source to the native call of its kind.
    func use<Result>(
        path: (String) throws -> Result,
        descriptor: (Int32) throws -> Result,
        data: (Data) throws -> Result,
        pixels: (Data, EpicFFI.PixelLayout) throws -> Result
    ) throws -> Result {
        switch content {
        case .file(let url): try path(url.path)
        case .fileDescriptor(let number): try descriptor(number)
        case .data(let bytes): try data(bytes)
        case .pixels(let provider):
            try provider.withPixels { try pixels($0, try $1.native) }
        }
    }
}
