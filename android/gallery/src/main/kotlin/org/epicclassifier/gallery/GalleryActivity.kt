package org.epicclassifier.gallery

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager
import android.os.Build
import android.os.Bundle
import android.view.Menu
import android.view.MenuItem
import android.view.View
import android.widget.Button
import android.widget.ListView
import android.widget.ProgressBar
import android.widget.TextView
import android.widget.Toast
import org.epicclassifier.android.ScanJobService

/** The phone's pictures, personal and irrelevant, by class. */
class GalleryActivity : Activity() {
    private lateinit var session: GallerySession
    private lateinit var thumbnails: Thumbnails
    private lateinit var adapter: GridAdapter

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        setContentView(R.layout.gallery)
        val retained = lastNonConfigurationInstance as GallerySession?
        session = retained ?: GallerySession(this)
        thumbnails = Thumbnails(contentResolver)
        val width = resources.displayMetrics.widthPixels
        val columns = GridRows.columnsFor(width, resources.getDimensionPixelSize(R.dimen.cell))
        val cell = width / columns
        adapter = GridAdapter(
            context = this,
            names = Names(resources, packageName),
            columns = columns,
            cell = cell,
            showThumbnail = { key, view -> thumbnails.load(key, cell, view) },
            isSelected = session.model::isSelected,
            onClick = { key -> changed { session.model.toggle(key) } },
            onHeading = { name -> selectClass(name) },
        )
        view<ListView>(R.id.grid).adapter = adapter
        view<Button>(R.id.tab_personal).setOnClickListener { changed { session.showsPersonal = true } }
        view<Button>(R.id.tab_irrelevant).setOnClickListener { changed { session.showsPersonal = false } }
        view<Button>(R.id.pause).setOnClickListener { changed(session::pauseOrResume) }
        view<Button>(R.id.keep).setOnClickListener { changed(session::keepSelection) }
        view<Button>(R.id.trash).setOnClickListener { askForTrash() }
        session.screen = ::show
        show()
        if (retained == null) {
            session.inTrash = state?.getStringArrayList(IN_TRASH).orEmpty()
            if (isAllowed()) scan() else requestPermissions(permissions(), ASK_FOR_PICTURES)
        }
    }

    override fun onStart() {
        super.onStart()
        ScanJobService.pause()
    }

    override fun onStop() {
        ScanJobService.resume()
        super.onStop()
    }

    override fun onRetainNonConfigurationInstance(): Any = session

    /** For the case that the process dies behind the system's dialog. */
    override fun onSaveInstanceState(state: Bundle) {
        super.onSaveInstanceState(state)
        state.putStringArrayList(IN_TRASH, ArrayList(session.inTrash))
    }

    override fun onDestroy() {
        session.screen = null
        if (!isChangingConfigurations) session.close()
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
            R.id.select_all_but -> changed { session.model.selectAllBut(session.model.selection) }
            R.id.select_none -> changed { session.model.clearSelection() }
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
            changed { session.model.removed(session.inTrash) }
        }
        session.inTrash = emptyList()
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
        ScanJobService.schedule(this)
        session.scan()
    }

    private fun selectClass(name: String?) {
        if (name != null && !session.showsPersonal) changed { session.model.selectClass(name) }
    }

    private fun askForTrash() {
        if (!TrashRequest.isAvailable) {
            Toast.makeText(this, R.string.no_trash, Toast.LENGTH_LONG).show()
            return
        }
        // The list crosses to the system's process, which takes no more at once.
        session.inTrash = session.model.selection.take(TRASH_BATCH)
        val dialog = TrashRequest.of(contentResolver, session.inTrash)
        startIntentSenderForResult(dialog, ASK_FOR_TRASH, null, 0, 0, 0)
    }

    private fun outcome(): String {
        val failed = session.model.failedCount
        val failure = session.failure
        return when {
            failure != null -> getString(R.string.scan_failed, failure.message)
            failed != 0 -> resources.getQuantityString(R.plurals.failed, failed, failed)
            else -> ""
        }
    }

    private fun say(text: String) = view<TextView>(R.id.status).let {
        it.text = text
        it.visibility = if (text.isEmpty()) View.GONE else View.VISIBLE
    }

    private fun <T : View> view(id: Int): T = checkNotNull(findViewById(id))

    private inline fun changed(change: () -> Unit) {
        change()
        show()
    }

    private fun show() {
        val model = session.model
        adapter.show(model.sections(session.showsPersonal))
        val personal = view<Button>(R.id.tab_personal)
        val irrelevant = view<Button>(R.id.tab_irrelevant)
        personal.text = getString(R.string.tab_personal, model.count(personal = true))
        irrelevant.text = getString(R.string.tab_irrelevant, model.count(personal = false))
        personal.isSelected = session.showsPersonal
        irrelevant.isSelected = !session.showsPersonal

        val progress = model.progress
        view<View>(R.id.progress_row).visibility = if (progress == null) View.GONE else View.VISIBLE
        if (progress == null) {
            say(outcome())
        } else {
            view<ProgressBar>(R.id.progress).apply {
                max = progress.total
                this.progress = progress.done
            }
            say(getString(R.string.progress, progress.done, progress.total))
            view<Button>(R.id.pause).setText(if (session.isPaused) R.string.resume else R.string.pause)
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
