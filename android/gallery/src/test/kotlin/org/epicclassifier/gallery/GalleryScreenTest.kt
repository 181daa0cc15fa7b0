package org.epicclassifier.gallery

import android.content.pm.ProviderInfo
import android.graphics.Bitmap
import android.graphics.Canvas
import android.os.Looper
import android.provider.MediaStore
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.ListView
import android.widget.TextView
import dalvik.system.CloseGuard
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** The real activity on a desktop, with the real library; its screens are saved as pictures. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [32], shadows = [DetachableDescriptor::class])
class GalleryScreenTest {
    @Before
    fun pictures() {
        shadowOf(RuntimeEnvironment.getApplication())
            .grantPermissions("android.permission.READ_EXTERNAL_STORAGE")
        val media = ProviderInfo().apply { authority = MediaStore.AUTHORITY }
        Robolectric.buildContentProvider(FakeMediaStore::class.java).create(media)
        FakeMediaStore.trashRequests.clear()
        // DetachableDescriptor leaves out what would tell the guard.
        CloseGuard.setEnabled(false)
    }

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
        assertEquals(listOf("create_trash_request"), FakeMediaStore.trashRequests)

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

    private fun scanned(): GalleryActivity {
        val activity = Robolectric.buildActivity(GalleryActivity::class.java).setup().get()
        val until = System.nanoTime() + 60_000_000_000
        while (count(activity.text(R.id.tab_personal)) + count(activity.text(R.id.tab_irrelevant)) < PICTURES) {
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
        const val PICTURES = 30
    }
}
