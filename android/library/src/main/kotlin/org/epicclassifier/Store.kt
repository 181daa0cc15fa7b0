package org.epicclassifier

import java.io.File
import org.epicclassifier.internal.guarded
import org.epicclassifier.internal.ffi.Store as NativeStore

/**
 * What is known of a gallery's pictures, in one SQLite file: verdicts, the user's corrections, and
 * pictures that failed twice. Pictures are known by keyed digests, so that the file says nothing of
 * them to others. Made to be killed at any moment.
 *
 * Calls read or write the file: keep them off the main thread.
 */
public class Store private constructor(internal val native: NativeStore) : AutoCloseable {

    /**
     * The user says to which [group] an item belongs: this stands above every verdict on the same
     * content, also those of later packs.
     *
     * @return whether the item is known (has been scanned); if not, nothing is kept
     */
    public fun correct(item: ScanItem, group: String): Boolean =
        guarded { native.correct(item.storeKey(), group) }

    /** Takes a correction back; returns whether the item is known. */
    public fun uncorrect(item: ScanItem): Boolean = guarded { native.uncorrect(item.storeKey()) }

    /** The group that the user gave an item, or null. */
    public fun correction(item: ScanItem): String? = guarded { native.correction(item.storeKey()) }

    /** Forgets the items that are not in [present]; corrections stay. Returns how many went. */
    public fun retain(present: Collection<ScanItem>): Long =
        guarded { native.retain(present.map { it.storeKey() }).toLong() }

    /** Lets every item in quarantine be tried again; returns how many there were. */
    public fun releaseQuarantined(): Long = guarded { native.releaseQuarantined().toLong() }

    /** Forgets everything, corrections included. */
    public fun wipe(): Unit = guarded { native.wipe() }

    /** Closes the file once the scans that use it are done. */
    override fun close(): Unit = native.close()

    public companion object {
        /**
         * Opens or creates the file; its folder must exist.
         *
         * @throws EpicException.Store if it cannot be opened, or is no store
         */
        @JvmStatic
        public fun open(file: File): Store = guarded { Store(NativeStore.open(file.path)) }

        /** A store that is gone when it is closed. */
        @JvmStatic
        public fun inMemory(): Store = guarded { Store(NativeStore.inMemory()) }

        private fun ScanItem.storeKey(): String =
            requireNotNull(key) { "bytes without a name cannot be corrected" }
    }
}
