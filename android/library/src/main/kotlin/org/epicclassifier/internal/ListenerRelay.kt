package org.epicclassifier.internal

import org.epicclassifier.ScanEvent
import org.epicclassifier.ScanItem
import org.epicclassifier.ScanListener
import org.epicclassifier.ScanResult
import org.epicclassifier.internal.ffi.ScanListener as NativeListener
import org.epicclassifier.internal.ffi.ScanOutcome
import org.epicclassifier.internal.ffi.ScanProgress
import org.epicclassifier.internal.ffi.ScanResult as NativeResult

/** Turns native results into events, and remembers what the listener threw. */
internal class ListenerRelay(
    private val items: List<ScanItem>,
    private val listener: ScanListener,
) : NativeListener {
    var thrown: Throwable? = null
        private set

    override fun onResults(results: List<NativeResult>, progress: ScanProgress) {
        callback {
            try {
                val shaped = results.map { it.toPublic(items[it.index.toInt()]) }
                val event =
                    ScanEvent.Progress(shaped, progress.done.toInt(), progress.total.toInt())
                listener.onEvent(event)
            } catch (error: Throwable) {
                thrown = error
                throw error
            }
        }
    }

    private fun NativeResult.toPublic(item: ScanItem): ScanResult = when (val outcome = outcome) {
        is ScanOutcome.Classified -> ScanResult.Classified(
            index.toInt(),
            item,
            outcome.verdict.toPublic(),
            outcome.correction,
            outcome.fromStore,
        )
        is ScanOutcome.Failed -> ScanResult.Failed(index.toInt(), item, outcome.kind, outcome.detail)
    }
}
