package org.epicclassifier.gallery

import org.epicclassifier.ScanEvent
import org.epicclassifier.ScanItem
import org.epicclassifier.ScanResult

/**
 * What the screen shows, without a screen: pictures by group and class, what is selected, how far the
 * scan is. Not thread-safe: use it on the main thread.
 *
 * @param personalGroup the group that is never offered for the trash
 */
class GalleryModel(private val personalGroup: String) {
    private val pictures = LinkedHashMap<String, Picture>()
    private val selected = LinkedHashSet<String>()

    /** What a scan in work may still report. */
    private val gone = HashSet<String>()

    /** How far the scan is; null before the first event and after the last. */
    var progress: Progress? = null
        private set

    /** Pictures that could not be classified: shown, never offered for the trash. */
    val failedCount: Int get() = pictures.values.count { it.className == null }

    /** Takes what a scan reports. */
    fun onEvent(event: ScanEvent) {
        when (event) {
            is ScanEvent.Progress -> {
                progress = Progress(event.done, event.total)
                event.results.forEach(::take)
            }
            is ScanEvent.Finished -> progress = null
        }
    }

    private fun take(result: ScanResult) {
        val key = result.item.key ?: return
        if (key in gone) return
        pictures[key] = when (result) {
            is ScanResult.Classified -> Picture(
                key = key,
                group = result.group,
                className = result.verdict.className,
                confidence = result.verdict.confidence,
                isUnsure = result.verdict.abstained && result.correction == null,
                isKept = result.correction == personalGroup,
            )
            is ScanResult.Failed -> Picture(key, personalGroup, null, 0f, isUnsure = true, isKept = false)
        }
        if (pictures.getValue(key).group == personalGroup) selected -= key
    }

    /** Forgets pictures that are gone. */
    fun removed(keys: Collection<String>) {
        pictures -= keys.toSet()
        selected -= keys.toSet()
        gone += keys
    }

    /** A new look at what is there: forgets pictures that are not in [keys]. */
    fun retain(keys: Collection<String>) {
        removed(pictures.keys - keys.toSet())
        gone.clear()
    }

    /** The sections of a group's tab: a class each, the largest first. */
    fun sections(personal: Boolean): List<Section> = pictures.values
        .filter { (it.group == personalGroup) == personal }
        // What the user kept or the pack is unsure of stands apart from its class.
        .groupBy { if (it.isKept || it.isUnsure) null else it.className }
        .map { (className, members) -> Section(className, members.sortedByDescending { it.confidence }) }
        .sortedWith(compareBy<Section> { it.className == null }.thenByDescending { it.pictures.size })

    /** Pictures of a tab. */
    fun count(personal: Boolean): Int = pictures.values.count { (it.group == personalGroup) == personal }

    /** Keys that are selected, in the order of selection. */
    val selection: List<String> get() = selected.toList()

    fun isSelected(key: String): Boolean = key in selected

    /** Selects or deselects one picture; personal ones cannot be selected. */
    fun toggle(key: String) {
        if (!selected.remove(key) && isSelectable(key)) selected += key
    }

    /** Selects every irrelevant picture but those of [kept]. */
    fun selectAllBut(kept: Collection<String>) {
        selected.clear()
        selected += pictures.keys.filter { isSelectable(it) && it !in kept }
    }

    /** Selects every picture of a class. */
    fun selectClass(className: String) {
        selected += pictures.values.filter { it.className == className && isSelectable(it.key) }.map { it.key }
    }

    fun clearSelection(): Unit = selected.clear()

    /**
     * The user says that pictures are personal: they move at once. The caller has the store remember
     * it.
     */
    fun keep(keys: Collection<String>) {
        for (key in keys) {
            val picture = pictures[key] ?: continue
            pictures[key] = picture.copy(group = personalGroup, isKept = true, isUnsure = false)
            selected -= key
        }
    }

    /** Scan items of keys, for the store. */
    fun items(keys: Collection<String>): List<ScanItem.Platform> =
        keys.filter { it in pictures }.map { ScanItem.Platform(it, 0, 0) }

    private fun isSelectable(key: String): Boolean = pictures[key]?.group?.let { it != personalGroup } ?: false

    /**
     * One picture.
     *
     * @property className null where it could not be classified
     * @property isUnsure whether the pack abstained: it counts as personal
     * @property isKept whether the user said that it is personal
     */
    data class Picture(
        val key: String,
        val group: String,
        val className: String?,
        val confidence: Float,
        val isUnsure: Boolean,
        val isKept: Boolean,
    )

    /**
     * Pictures of one class.
     *
     * @property className null for what is kept, unsure or could not be classified
     */
    data class Section(val className: String?, val pictures: List<Picture>)

    /** How far a scan is. */
    data class Progress(val done: Int, val total: Int)
}
