package org.epicclassifier.android

import org.epicclassifier.Epic
import org.epicclassifier.ItemOpener
import org.epicclassifier.ScanControl
import org.epicclassifier.ScanItem
import org.epicclassifier.ScanListener
import org.epicclassifier.ScanOptions
import org.epicclassifier.ScanSummary
import org.epicclassifier.Store

/**
 * One pass over a gallery with a store: what is new or changed is classified, what is gone is
 * forgotten. May be stopped or killed at any moment; the next pass goes on where it was.
 *
 * @property items what is there now
 * @property opener opens them
 * @property forgetsOthers whether the store forgets what is not among the items: only where they are
 *   all there is ([MediaStoreItems.seesEverything])
 */
public class GalleryScan(
    private val epic: Epic,
    private val store: Store,
    private val items: () -> List<ScanItem.Platform>,
    private val opener: ItemOpener,
    private val forgetsOthers: Boolean,
) {
    /**
     * Runs the pass on this thread.
     *
     * @param jobs worker threads; 0 for one per core
     */
    @JvmOverloads
    public fun run(
        control: ScanControl = ScanControl(),
        jobs: Int = 0,
        listener: ScanListener = ScanListener {},
    ): ScanSummary {
        val present = items()
        val options = ScanOptions(jobs, store, opener, control)
        val summary = epic.scanBlocking(present, options, listener)
        if (forgetsOthers && !summary.isCancelled) {
            store.retain(present)
        }
        return summary
    }
}
