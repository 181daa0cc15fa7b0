#if canImport(os)
    import os

    /// The system's log, under the subsystem `org.epicclassifier`. Lines hold nothing of a picture, so that
    /// they are public.
    struct SystemLog: LogSink {
        func log(_ level: LogLevel, target: String, message: String) {
            let logger = Logger(subsystem: "org.epicclassifier", category: target)
            switch level {
            case .error: logger.error("\(message, privacy: .public)")
            case .warn: logger.warning("\(message, privacy: .public)")
            case .info: logger.info("\(message, privacy: .public)")
            case .debug: logger.debug("\(message, privacy: .public)")
            }
        }
    }
#endif
