package org.epicclassifier

/** How serious a log line is. */
public enum class LogLevel {
    /** Something failed. */
    ERROR,

    /** Something is odd, work goes on. */
    WARN,

    /** What a developer wants to know once. */
    INFO,

    /** What a developer wants to know while looking for a fault. */
    DEBUG,
}

/** Takes log lines. They hold no path, text or pixel of a picture. */
public fun interface LogSink {
    /** One line, on any thread; [target] is the module it comes from. What it throws is dropped. */
    public fun log(level: LogLevel, target: String, message: String)
}
