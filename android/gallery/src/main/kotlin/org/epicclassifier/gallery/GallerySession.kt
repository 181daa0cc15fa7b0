package org.epicclassifier.gallery

import android.content.Context
import android.os.Handler
import android.os.Looper
import java.util.concurrent.Executors
import org.epicclassifier.Epic
import org.epicclassifier.ScanControl
import org.epicclassifier.Store
import org.epicclassifier.android.GalleryScan
import org.epicclassifier.android.MediaStoreItems
import org.epicclassifier.android.open
import org.epicclassifier.android.openBlocking

/**
 * What outlives a rotation of the screen: the pictures, what is selected, the scan in work, the store. Use
 * it on the main thread.
 */
class GallerySession(context: Context) {
    private val context = context.applicationContext
    private val personalGroup = context.getString(R.string.personal_group)
    private val main = Handler(Looper.getMainLooper())
    private val scans = Executors.newSingleThreadExecutor()
    private val storeWork = Executors.newSingleThreadExecutor()
    private var control = ScanControl()
    private var isClosed = false

    @Volatile
    private var store: Store? = null

    /** The pictures. */
    val model = GalleryModel(personalGroup)

    /** The tab. */
    var showsPersonal = false

    /** What the system's dialog was asked to move. */
    var inTrash: List<String> = emptyList()

    /** Why the last scan or correction failed as a whole. */
    var failure: Throwable? = null
        private set

    /** Told of every change; there may be none for a moment. */
    var screen: (() -> Unit)? = null

    /** Whether the scan is held. */
    val isPaused: Boolean get() = control.isPaused

    /** Starts over; what the store knows comes at once. */
    fun scan() {
        control.cancel()
        control = ScanControl()
        failure = null
        val control = control
        scans.execute { catching { scan(control) } }
    }

    private fun scan(control: ScanControl) {
        val store = store ?: Store.open(context).also { store = it }
        val items = MediaStoreItems(context.contentResolver)
        val query = {
            items.query().also { found -> changed { model.retain(found.map { it.key }) } }
        }
        Epic.openBlocking(context).use { epic ->
            GalleryScan(epic, store, query, items, items.seesEverything(context))
                .run(control) { event -> changed { model.onEvent(event) } }
        }
    }

    /** Holds the scan, or lets it go on. */
    fun pauseOrResume() {
        if (control.isPaused) control.resume() else control.pause()
    }

    /** Makes the selected pictures personal for good. */
    fun keepSelection() {
        val kept = model.selection
        val store = store ?: return
        val items = model.items(kept)
        storeWork.execute { catching { items.forEach { store.correct(it, personalGroup) } } }
        model.keep(kept)
    }

    /** The last screen is gone. */
    fun close() {
        isClosed = true
        control.cancel()
        scans.shutdown()
        storeWork.execute { store?.close() }
        storeWork.shutdown()
    }

    private fun catching(work: () -> Unit) {
        runCatching(work).onFailure { error -> changed { failure = error } }
    }

    private fun changed(change: () -> Unit) {
        main.post {
            if (!isClosed) {
                change()
                screen?.invoke()
            }
        }
    }
}
