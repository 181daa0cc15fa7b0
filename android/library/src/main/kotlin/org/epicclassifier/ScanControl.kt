package org.epicclassifier

import org.epicclassifier.internal.ffi.TaskControl

/** Cancels, pauses and resumes a scan from any thread. A cancelled one stays cancelled. */
public class ScanControl {
    internal val native: TaskControl = TaskControl()

    /** Asks for the end; the scan ends within a few hundredths of a second. */
    public fun cancel(): Unit = native.cancel()

    /** Whether [cancel] was called. */
    public val isCancelled: Boolean get() = native.isCancelled()

    /** Lets no further picture begin until [resume]. */
    public fun pause(): Unit = native.pause()

    /** Ends a pause. */
    public fun resume(): Unit = native.resume()

    /** Whether the scan is paused. */
    public val isPaused: Boolean get() = native.isPaused()
}
