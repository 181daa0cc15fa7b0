internal import EpicFFI

/// How serious a log line is.
public enum LogLevel: Sendable, Hashable, CaseIterable {
    /// Something failed.
    case error
    /// Something is odd, work goes on.
    case warn
    /// What a developer wants to know once.
    case info
    /// What a developer wants to know while looking for a fault.
    case debug
}

/// Takes log lines. They hold no path, text or pixel of a picture.
public protocol LogSink: Sendable {
    /// One line, on any thread; `target` is the module it comes from.
    func log(_ level: LogLevel, target: String, message: String)
}

extension Epic {
    /// Sends lines of `level` and above to `sink`; without a sink to the system's log, on Apple's
    /// platforms. Without a call nothing is logged.
    ///
    /// - Throws: ``EpicError/invalidArgument(kind:message:)`` if the process has another Rust logger
    ///   already.
    public static func setLogSink(_ level: LogLevel, sink: (any LogSink)? = nil) throws {
        #if canImport(os)
            let sink: (any LogSink)? = sink ?? SystemLog()
        #endif
        try guarded {
            try EpicFFI.setLogSink(level: level.native, sink: sink.map(SinkRelay.init))
        }
    }
}

private final class SinkRelay: EpicFFI.LogSink {
    private let sink: any LogSink

    init(_ sink: any LogSink) { self.sink = sink }

    func log(level: EpicFFI.LogLevel, target: String, message: String) throws {
        sink.log(LogLevel(level), target: target, message: message)
    }
}
