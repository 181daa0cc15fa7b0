package org.epicclassifier.gallery

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager
import android.os.Build
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.view.Menu
import android.view.MenuItem
import android.view.View
import android.widget.Button
import android.widget.ListView
import android.widget.ProgressBar
import android.widget.TextView
import android.widget.Toast
import java.util.concurrent.Executors
import org.epicclassifier.Epic
import org.epicclassifier.ScanControl
import org.epicclassifier.ScanEvent
import org.epicclassifier.Store
import org.epicclassifier.android.GalleryScan
import org.epicclassifier.android.MediaStoreItems
import org.epicclassifier.android.open
import org.epicclassifier.android.openBlocking

/** The phone's pictures, personal and irrelevant, by class. */
class GalleryActivity : Activity() {
    private val main = Handler(Looper.getMainLooper())
    private val background = Executors.newSingleThreadExecutor()
    private val storeWork = Executors.newSingleThreadExecutor()
    private lateinit var model: GalleryModel
    private lateinit var thumbnails: Thumbnails
    private lateinit var adapter: GridAdapter
    private var control = ScanControl()

    @Volatile
    private var store: Store? = null
    private var showsPersonal = false
    private var inTrash: List<String> = emptyList()

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        setContentView(R.layout.gallery)
        model = GalleryModel(getString(R.string.personal_group))
        inTrash = state?.getStringArrayList(IN_TRASH).orEmpty()
        thumbnails = Thumbnails(contentResolver, main)
        val width = resources.displayMetrics.widthPixels
        val columns = GridRows.columnsFor(width, resources.getDimensionPixelSize(R.dimen.cell))
        val cell = width / columns
        adapter = GridAdapter(
            context = this,
            names = Names(resources, packageName),
            columns = columns,
            cell = cell,
            showThumbnail = { key, view -> thumbnails.load(key, cell, view) },
            isSelected = model::isSelected,
            onClick = { key -> changed { model.toggle(key) } },
            onHeading = { name -> if (name != null && !showsPersonal) changed { model.selectClass(name) } },
        )
        view<ListView>(R.id.grid).adapter = adapter
        view<Button>(R.id.tab_personal).setOnClickListener { changed { showsPersonal = true } }
        view<Button>(R.id.tab_irrelevant).setOnClickListener { changed { showsPersonal = false } }
        view<Button>(R.id.pause).setOnClickListener { pauseOrResume() }
        view<Button>(R.id.keep).setOnClickListener { keepSelection() }
        view<Button>(R.id.trash).setOnClickListener { askForTrash() }
        show()
        if (isAllowed()) scan() else requestPermissions(permissions(), ASK_FOR_PICTURES)
    }

    override fun onSaveInstanceState(state: Bundle) {
        super.onSaveInstanceState(state)
        state.putStringArrayList(IN_TRASH, ArrayList(inTrash))
    }

    override fun onDestroy() {
        control.cancel()
        background.shutdown()
        storeWork.execute { store?.close() }
        storeWork.shutdown()
        thumbnails.close()
        super.onDestroy()
    }

    override fun onCreateOptionsMenu(menu: Menu): Boolean {
        menuInflater.inflate(R.menu.gallery, menu)
        return true
    }

    override fun onOptionsItemSelected(item: MenuItem): Boolean {
        when (item.itemId) {
            // What is selected now is what shall stay.
            R.id.select_all_but -> changed { model.selectAllBut(model.selection) }
            R.id.select_none -> changed { model.clearSelection() }
            R.id.scan_again -> scan()
            else -> return super.onOptionsItemSelected(item)
        }
        return true
    }

    override fun onRequestPermissionsResult(code: Int, names: Array<String>, results: IntArray) {
        if (isAllowed()) scan() else say(getString(R.string.needs_permission))
    }

    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        if (request == ASK_FOR_TRASH && result == RESULT_OK) {
            changed { model.removed(inTrash) }
        }
        inTrash = emptyList()
    }

    private fun isAllowed() = permissions().any { checkSelfPermission(it) == PackageManager.PERMISSION_GRANTED }

    private fun permissions(): Array<String> = when {
        Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE -> arrayOf(
            Manifest.permission.READ_MEDIA_IMAGES,
            Manifest.permission.READ_MEDIA_VISUAL_USER_SELECTED,
        )
        Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU ->
            arrayOf(Manifest.permission.READ_MEDIA_IMAGES)
        else -> arrayOf(Manifest.permission.READ_EXTERNAL_STORAGE)
    }

    private fun scan() {
        control.cancel()
        control = ScanControl()
        val control = control
        background.execute {
            runCatching {
                val store = store ?: Store.open(this).also { store = it }
                val items = MediaStoreItems(contentResolver)
                Epic.openBlocking(this).use { epic ->
                    val query = {
                        items.query().also { found ->
                            main.post { if (!isDestroyed) changed { model.retain(found.map { it.key }) } }
                        }
                    }
                    GalleryScan(epic, store, query, items, items.seesEverything(this))
                        .run(control) { event -> post(event) }
                }
            }.onFailure { error -> main.post { showFailure(error) } }
        }
    }

    private fun post(event: ScanEvent) {
        main.post { if (!isDestroyed) changed { model.onEvent(event) } }
    }

    private fun pauseOrResume() {
        if (control.isPaused) control.resume() else control.pause()
        show()
    }

    private fun keepSelection() {
        val kept = model.selection
        val store = store ?: return
        val items = model.items(kept)
        storeWork.execute {
            runCatching { items.forEach { store.correct(it, getString(R.string.personal_group)) } }
                .onFailure { error -> main.post { showFailure(error) } }
        }
        changed { model.keep(kept) }
    }

    private fun askForTrash() {
        if (!TrashRequest.isAvailable) {
            Toast.makeText(this, R.string.no_trash, Toast.LENGTH_LONG).show()
            return
        }
        // The list crosses to the system's process, which takes no more at once.
        inTrash = model.selection.take(TRASH_BATCH)
        val dialog = TrashRequest.of(contentResolver, inTrash)
        startIntentSenderForResult(dialog, ASK_FOR_TRASH, null, 0, 0, 0)
    }

    private fun showFailures() {
        val failed = model.failedCount
        say(if (failed == 0) "" else resources.getQuantityString(R.plurals.failed, failed, failed))
    }

    private fun say(text: String) = view<TextView>(R.id.status).let {
        it.text = text
        it.visibility = if (text.isEmpty()) View.GONE else View.VISIBLE
    }

    private fun showFailure(error: Throwable) {
        say(getString(R.string.scan_failed, error.message))
    }

    private fun <T : View> view(id: Int): T = checkNotNull(findViewById(id))

    private inline fun changed(change: () -> Unit) {
        change()
        show()
    }

    private fun show() {
        adapter.show(model.sections(showsPersonal))
        val personal = view<Button>(R.id.tab_personal)
        val irrelevant = view<Button>(R.id.tab_irrelevant)
        personal.text = getString(R.string.tab_personal, model.count(personal = true))
        irrelevant.text = getString(R.string.tab_irrelevant, model.count(personal = false))
        personal.isSelected = showsPersonal
        irrelevant.isSelected = !showsPersonal

        val progress = model.progress
        view<View>(R.id.progress_row).visibility = if (progress == null) View.GONE else View.VISIBLE
        if (progress == null) {
            showFailures()
        } else {
            view<ProgressBar>(R.id.progress).apply {
                max = progress.total
                this.progress = progress.done
            }
            say(getString(R.string.progress, progress.done, progress.total))
            view<Button>(R.id.pause).setText(if (control.isPaused) R.string.resume else R.string.pause)
        }

        val count = model.selection.size
        view<View>(R.id.actions).visibility = if (count == 0) View.GONE else View.VISIBLE
        view<Button>(R.id.keep).text = resources.getQuantityString(R.plurals.keep, count, count)
        view<Button>(R.id.trash).text = resources.getQuantityString(R.plurals.trash, count, count)
    }

    private companion object {
        const val ASK_FOR_PICTURES = 1
        const val ASK_FOR_TRASH = 2
        const val TRASH_BATCH = 500
        const val IN_TRASH = "in_trash"
    }
}
