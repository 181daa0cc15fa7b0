package org.epicclassifier

import java.io.File
import java.nio.ByteBuffer

/** A picture to scan. */
public sealed class ScanItem {
    /** What a [Store] knows the item by; null for bytes, which are known by their content alone. */
    public abstract val key: String?

    /**
     * A file by path.
     *
     * @property file the file
     */
    public data class Path(val file: File) : ScanItem() {
        override val key: String get() = file.absolutePath
    }

    /**
     * An encoded file in memory.
     *
     * @property bytes the whole file
     */
    public class Bytes(public val bytes: ByteArray) : ScanItem() {
        override val key: String? get() = null
    }

    /**
     * Something that an [ItemOpener] opens when its turn comes: a content URI, for instance. While
     * [size] and [modified] stay the same, so does the verdict in the store.
     *
     * @property key what the platform calls it
     * @property size its size in bytes
     * @property modified time of its last change, in any unit
     */
    public data class Platform(override val key: String, val size: Long, val modified: Long) : ScanItem()
}

/** What an [ItemOpener] found. */
public sealed class OpenedItem {
    /** A file by path. */
    public class Path(public val file: File) : OpenedItem()

    /**
     * An open file, read from its current position to its end. The scan takes the descriptor over
     * and closes it (`ParcelFileDescriptor.detachFd`).
     */
    public class FileDescriptor(public val descriptor: Int) : OpenedItem()

    /** An encoded file in memory. */
    public class Bytes(public val bytes: ByteArray) : OpenedItem()

    /** Pixels that the platform decoded; a few hundred on a side are enough. */
    public class Pixels(public val buffer: ByteBuffer, public val layout: PixelLayout) : OpenedItem()
}

/** Opens platform items. */
public fun interface ItemOpener {
    /**
     * Called on worker threads, only for what the store does not know. Whatever it throws counts as
     * a file that cannot be read now.
     */
    public fun open(key: String): OpenedItem
}

/**
 * How a scan runs.
 *
 * @property jobs worker threads; 0 for one per core
 * @property store where verdicts are looked up and kept; null to classify everything anew
 * @property opener opens [ScanItem.Platform] items
 * @property control pauses and resumes the scan; cancelling it ends the flow early with
 *   [ScanEvent.Finished]
 * @property intervalMillis least time between two batches of results
 */
public class ScanOptions @JvmOverloads constructor(
    public val jobs: Int = 0,
    public val store: Store? = null,
    public val opener: ItemOpener? = null,
    public val control: ScanControl = ScanControl(),
    public val intervalMillis: Int = 100,
)

/** What a scan reports. */
public sealed class ScanEvent {
    /**
     * New results, in the order of the items.
     *
     * @property results never empty
     * @property done items reported so far
     * @property total all items
     */
    public data class Progress(val results: List<ScanResult>, val done: Int, val total: Int) : ScanEvent()

    /**
     * The end, unless the collector was cancelled.
     *
     * @property summary counts
     */
    public data class Finished(val summary: ScanSummary) : ScanEvent()
}

/** The outcome for one item. */
public sealed class ScanResult {
    /** Position among the items. */
    public abstract val index: Int

    /** The item. */
    public abstract val item: ScanItem

    /**
     * It has a verdict.
     *
     * @property verdict what the pack says
     * @property correction the group that the user gave this picture; it stands above the verdict
     * @property isFromStore whether the verdict was known and nothing was classified
     */
    public data class Classified(
        override val index: Int,
        override val item: ScanItem,
        val verdict: Verdict,
        val correction: String?,
        val isFromStore: Boolean,
    ) : ScanResult() {
        /** The group to treat the picture as. */
        val group: String get() = correction ?: verdict.group
    }

    /**
     * It has none.
     *
     * @property kind a stable lower-case word
     * @property message for developers, in English
     */
    public data class Failed(
        override val index: Int,
        override val item: ScanItem,
        val kind: String,
        val message: String,
    ) : ScanResult()
}

/**
 * Counts at the end of a scan.
 *
 * @property classified items with a verdict
 * @property fromStore those of them whose verdict came from the store
 * @property failed items with an error
 * @property isCancelled whether the scan was cancelled before its last item
 * @property storeError the first error of the store, if any: the items it concerned were classified
 *   without it
 */
public data class ScanSummary(
    val classified: Int,
    val fromStore: Int,
    val failed: Int,
    val isCancelled: Boolean,
    val storeError: String?,
)
