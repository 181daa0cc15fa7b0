package org.epicclassifier.gallery

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.epicclassifier.ScanEvent
import org.epicclassifier.ScanItem
import org.epicclassifier.ScanResult
import org.epicclassifier.ScanSummary
import org.epicclassifier.Verdict

class GalleryModelTest {
    private val model = GalleryModel(personalGroup = "personal")

    private fun item(key: String) = ScanItem.Platform(key, 1, 1)

    private fun classified(
        key: String,
        className: String,
        group: String,
        confidence: Float = 0.9f,
        abstained: Boolean = false,
        correction: String? = null,
    ): ScanResult {
        val verdict = Verdict(className, group, confidence, mapOf(className to 1f), abstained, 10, 10)
        return ScanResult.Classified(0, item(key), verdict, correction, isFromStore = false)
    }

    private fun scan(vararg results: ScanResult) =
        model.onEvent(ScanEvent.Progress(results.toList(), results.size, 10))

    @Test
    fun `pictures stand under their group and class, the largest class first`() {
        scan(
            classified("a", "selfies", "personal"),
            classified("b", "fmemes", "irrelevant", confidence = 0.6f),
            classified("c", "fmemes", "irrelevant", confidence = 0.8f),
            classified("d", "chats", "irrelevant"),
            classified("e", "chats", "personal", abstained = true),
        )
        assertEquals(listOf("fmemes", "chats"), model.sections(personal = false).map { it.className })
        assertEquals(listOf("c", "b"), model.sections(personal = false)[0].pictures.map { it.key })
        assertEquals(listOf("selfies", null), model.sections(personal = true).map { it.className })
        assertEquals(2, model.count(personal = true))
        assertEquals(GalleryModel.Progress(5, 10), model.progress)
        model.onEvent(ScanEvent.Finished(ScanSummary(5, 0, 0, false, null)))
        assertNull(model.progress)
    }

    @Test
    fun `personal, unsure and failed pictures can never be selected`() {
        scan(
            classified("mine", "selfies", "personal"),
            classified("unsure", "fmemes", "personal", abstained = true),
            ScanResult.Failed(2, item("broken"), "decode", "corrupt"),
            classified("meme", "fmemes", "irrelevant"),
        )
        listOf("mine", "unsure", "broken", "nowhere").forEach(model::toggle)
        model.selectClass("selfies")
        assertTrue(model.selection.isEmpty())
        model.selectAllBut(emptySet())
        assertEquals(listOf("meme"), model.selection)
        assertEquals(1, model.failedCount)
    }

    @Test
    fun `all but the chosen ones are selected`() {
        scan(*Array(5) { classified("m$it", "fmemes", "irrelevant") })
        listOf("m1", "m3").forEach(model::toggle)
        model.selectAllBut(model.selection)
        assertEquals(listOf("m0", "m2", "m4"), model.selection)
        model.clearSelection()
        assertFalse(model.isSelected("m0"))
    }

    @Test
    fun `what the user keeps becomes personal and leaves the selection`() {
        scan(classified("a", "fmemes", "irrelevant"), classified("b", "fmemes", "irrelevant"))
        model.selectAllBut(emptySet())
        model.keep(listOf("a"))
        assertEquals(listOf("b"), model.selection)
        assertEquals(1, model.count(personal = true))
        // A later scan brings the store's correction along.
        scan(classified("a", "fmemes", "irrelevant", correction = "personal"))
        val kept = model.sections(personal = true).single().pictures.single()
        assertTrue(kept.isKept)
        assertEquals(listOf("a"), model.items(listOf("a", "nowhere")).map { it.key })
    }

    @Test
    fun `pictures in the trash are gone, and a verdict that changes is followed`() {
        scan(classified("a", "fmemes", "irrelevant"), classified("b", "fmemes", "irrelevant"))
        model.selectAllBut(emptySet())
        model.removed(listOf("a"))
        assertEquals(listOf("b"), model.selection)
        scan(classified("b", "selfies", "personal"))
        assertTrue(model.selection.isEmpty())
        assertTrue(model.sections(personal = false).isEmpty())
        model.retain(listOf("elsewhere"))
        assertEquals(0, model.count(personal = true))
    }

    @Test
    fun `rows hold as many pictures as fit`() {
        scan(*Array(7) { classified("m$it", "fmemes", "irrelevant") })
        val rows = GridRows(model.sections(personal = false), columns = 3)
        assertEquals(4, rows.size)
        assertEquals(GridRows.Row.Heading("fmemes", 7), rows[0])
        assertEquals(1, (rows[3] as GridRows.Row.Pictures).pictures.size)
        assertEquals(9, GridRows.columnsFor(width = 1080, cell = 112))
        assertEquals(2, GridRows.columnsFor(width = 100, cell = 112))
    }
}
