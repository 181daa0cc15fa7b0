package org.epicclassifier.gallery

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.Canvas
import android.os.Bundle
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.ListView
import android.widget.TextView
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** The real activity on a desktop, with the real library; its screens are saved as pictures. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [32], shadows = [DetachableDescriptor::class])
class GalleryScreenTest {
    @Before
    fun pictures() = FakeMediaStore.install()

    @Test
    @Config(qualifiers = "w411dp-h840dp-xhdpi")
    fun `pictures are scanned, selected, kept and offered to the trash`() {
        val activity = scanned()
        save(activity, "gallery-en")
        val before = activity.text(R.id.tab_irrelevant)

        cells(activity).take(2).forEach { it.performClick() }
        assertEquals("Keep 2 pictures", activity.text(R.id.keep))
        save(activity, "gallery-en-selected")
        activity.view<Button>(R.id.trash).performClick()
        assertEquals(2, FakeMediaStore.asked.size)

        activity.view<Button>(R.id.keep).performClick()
        val after = activity.text(R.id.tab_irrelevant)
        assertEquals(count(before) - 2, count(after))
        activity.view<Button>(R.id.tab_personal).performClick()
        save(activity, "gallery-en-personal")

        // The store remembers, also in another life of the app.
        idle()
        assertEquals(after, scanned().text(R.id.tab_irrelevant))
    }

    @Test
    @Config(qualifiers = "ar-rEG-ldrtl-w411dp-h840dp-night-xhdpi")
    fun `in Arabic the screen runs from right to left, in the dark theme`() {
        val activity = scanned()
        save(activity, "gallery-ar-dark")
        assertEquals(View.LAYOUT_DIRECTION_RTL, activity.window.decorView.layoutDirection)
        assertTrue(activity.text(R.id.tab_personal).startsWith("شخصية"))
        val cell = cells(activity).first()
        assertTrue("بالمئة" in cell.contentDescription)
    }

    @Test
    @Config(qualifiers = "w411dp-h840dp-xhdpi")
    fun `a rotation loses neither the selection nor what lies in the system's dialog`() {
        val controller = Robolectric.buildActivity(GalleryActivity::class.java).setup()
        val before = count(scanned(controller.get()).text(R.id.tab_irrelevant))
        cells(controller.get()).take(3).forEach { it.performClick() }
        controller.get().view<Button>(R.id.trash).performClick()

        controller.recreate()
        val rotated = controller.get()
        assertEquals("Keep 3 pictures", rotated.text(R.id.keep))
        FakeMediaStore.confirmTrash()
        answer(rotated)
        idle()
        assertEquals(before - 3, count(rotated.text(R.id.tab_irrelevant)))
        assertEquals(View.GONE, rotated.view<View>(R.id.actions).visibility)
    }

    @Test
    @Config(qualifiers = "w411dp-h840dp-xhdpi")
    fun `a process that dies behind the system's dialog comes back without the pictures`() {
        val first = Robolectric.buildActivity(GalleryActivity::class.java).setup()
        val before = count(scanned(first.get()).text(R.id.tab_irrelevant))
        cells(first.get()).take(2).forEach { it.performClick() }
        first.get().view<Button>(R.id.trash).performClick()
        val state = Bundle()
        first.saveInstanceState(state).pause().stop().destroy()

        FakeMediaStore.confirmTrash()
        val second = Robolectric.buildActivity(GalleryActivity::class.java).setup(state)
        answer(second.get())
        scanned(second.get(), FakeMediaStore.PICTURES - 2)
        assertEquals(before - 2, count(second.get().text(R.id.tab_irrelevant)))
    }

    /** The system's dialog closes with yes. */
    private fun answer(activity: GalleryActivity) {
        shadowOf(activity).callOnActivityResult(TRASH_REQUEST_CODE, Activity.RESULT_OK, null)
    }

    private fun scanned(
        activity: GalleryActivity = Robolectric.buildActivity(GalleryActivity::class.java).setup().get(),
        pictures: Int = FakeMediaStore.PICTURES,
    ): GalleryActivity {
        val until = System.nanoTime() + 60_000_000_000
        fun shown() = count(activity.text(R.id.tab_personal)) + count(activity.text(R.id.tab_irrelevant))
        while (shown() < pictures) {
            assertTrue(System.nanoTime() < until, "the scan takes too long: ${activity.text(R.id.status)}")
            idle()
        }
        idle()
        return activity
    }

    /** Lets background work come in: thumbnails above all. */
    private fun idle() = repeat(20) {
        shadowOf(Looper.getMainLooper()).idle()
        Thread.sleep(30)
    }

    private fun count(tab: String) = tab.filter { it.isDigit() }.map { Character.getNumericValue(it) }
        .fold(0) { number, digit -> number * 10 + digit }

    private fun cells(activity: GalleryActivity): List<View> {
        val list = activity.view<ListView>(R.id.grid)
        val rows = (0 until list.childCount).map { list.getChildAt(it) }.filterIsInstance<ViewGroup>()
        return rows.flatMap { row -> (0 until row.childCount).map { row.getChildAt(it) } }
            .filter { it.visibility == View.VISIBLE }
    }

    private fun <T : View> GalleryActivity.view(id: Int): T = checkNotNull(findViewById(id))

    private fun GalleryActivity.text(id: Int) = view<TextView>(id).text.toString()

    private fun save(activity: GalleryActivity, name: String) {
        idle()
        val root = activity.window.decorView
        val bitmap = Bitmap.createBitmap(root.width, root.height, Bitmap.Config.ARGB_8888)
        root.draw(Canvas(bitmap))
        val folder = File(System.getProperty("epic.screens") ?: return).apply { mkdirs() }
        folder.resolve("$name.png").outputStream().use {
            bitmap.compress(Bitmap.CompressFormat.PNG, 100, it)
        }
    }

    private companion object {
        const val TRASH_REQUEST_CODE = 2
    }
}
