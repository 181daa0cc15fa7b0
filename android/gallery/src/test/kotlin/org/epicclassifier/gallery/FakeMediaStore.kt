package org.epicclassifier.gallery

import android.app.PendingIntent
import android.content.ClipData
import android.content.ContentProvider
import android.content.ContentValues
import android.content.Intent
import android.content.pm.ProviderInfo
import android.database.MatrixCursor
import android.net.Uri
import android.os.Bundle
import android.os.ParcelFileDescriptor
import android.provider.MediaStore
import dalvik.system.CloseGuard
import java.io.File
import java.io.FileDescriptor
import java.io.FileInputStream
import java.io.FileNotFoundException
import java.util.Collections
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import org.robolectric.shadows.ShadowParcelFileDescriptor

/** The sample gallery as the phone's MediaStore. */
class FakeMediaStore : ContentProvider() {
    private val files = File(System.getProperty("epic.root") ?: error("epic.root is set by Maven"))
        .resolve("tests/gallery").listFiles().orEmpty()
        .filter { it.extension in setOf("jpg", "png", "webp", "gif") }.sorted()

    override fun onCreate() = true

    override fun query(
        uri: Uri,
        columns: Array<String>?,
        where: String?,
        arguments: Array<String>?,
        order: String?,
    ) = MatrixCursor(columns.orEmpty()).apply {
        files.forEachIndexed { id, file ->
            if (id !in trash) addRow(arrayOf<Any>(id.toLong(), file.length(), 1L))
        }
    }

    override fun getType(uri: Uri) = "image/" + file(uri).extension.replace("jpg", "jpeg")

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor =
        ParcelFileDescriptor.open(file(uri), ParcelFileDescriptor.MODE_READ_ONLY)

    /** The system's dialog for the trash, which [confirmTrash] agrees to. */
    override fun call(method: String, argument: String?, extras: Bundle?) = Bundle().apply {
        check(method == TRASH_REQUEST) { "EPIC asks for nothing but the trash" }
        val clip = checkNotNull(extras?.getParcelable<ClipData>(CLIP_DATA))
        asked = (0 until clip.itemCount).map { id(clip.getItemAt(it).uri) }
        val dialog = Intent("trash")
        val intent = PendingIntent.getActivity(context, 0, dialog, PendingIntent.FLAG_IMMUTABLE)
        putParcelable(RESULT, intent)
    }

    override fun insert(uri: Uri, values: ContentValues?): Uri = error("EPIC inserts nothing")

    override fun delete(uri: Uri, where: String?, arguments: Array<String>?) = error("EPIC deletes nothing")

    override fun update(uri: Uri, values: ContentValues?, where: String?, arguments: Array<String>?) =
        error("EPIC changes nothing")

    private fun file(uri: Uri) = files[id(uri)].also { if (id(uri) in trash) throw FileNotFoundException() }

    private fun id(uri: Uri) = uri.lastPathSegment.orEmpty().toInt()

    companion object {
        /** Pictures in the sample gallery. */
        const val PICTURES = 30

        /** What MediaStore calls them where apps do not see it. */
        private const val TRASH_REQUEST = "create_trash_request"
        private const val CLIP_DATA = "clip_data"
        private const val RESULT = "result"

        private val trash = mutableSetOf<Int>()

        /** What the dialog of the moment is about. */
        var asked: List<Int> = emptyList()
            private set

        /** The phone's MediaStore from here on, with an app that may read it. */
        fun install() {
            trash.clear()
            asked = emptyList()
            shadowOf(RuntimeEnvironment.getApplication())
                .grantPermissions("android.permission.READ_EXTERNAL_STORAGE")
            val media = ProviderInfo().apply { authority = MediaStore.AUTHORITY }
            Robolectric.buildContentProvider(FakeMediaStore::class.java).create(media)
            // DetachableDescriptor leaves out what would tell the guard.
            CloseGuard.setEnabled(false)
        }

        /** Another app deletes a picture. */
        fun delete(id: Int) {
            trash += id
        }

        /** The user agrees. */
        fun confirmTrash() {
            trash += asked
        }
    }
}

/** Robolectric's descriptors cannot be detached: they lack a field of Android's own `FileDescriptor`. */
@Implements(ParcelFileDescriptor::class)
class DetachableDescriptor : ShadowParcelFileDescriptor() {
    @RealObject
    lateinit var descriptor: ParcelFileDescriptor

    /** A second descriptor on the file. Its stream is kept, or the JVM would close the number again later. */
    @Implementation
    fun detachFd(): Int {
        val copy = FileInputStream("/proc/self/fd/${descriptor.fileDescriptor.number()}")
        detached += copy
        return copy.fd.number()
    }

    private fun FileDescriptor.number(): Int {
        val field = FileDescriptor::class.java.getDeclaredField("fd")
        field.isAccessible = true
        return field.getInt(this)
    }

    private companion object {
        val detached: MutableList<FileInputStream> = Collections.synchronizedList(mutableListOf())
    }
}
