package org.epicclassifier.gallery

import android.app.PendingIntent
import android.content.ContentProvider
import android.content.ContentValues
import android.content.Intent
import android.database.MatrixCursor
import android.net.Uri
import android.os.Bundle
import android.os.ParcelFileDescriptor
import java.io.File
import java.io.FileDescriptor
import java.io.FileInputStream
import java.util.Collections
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
        files.forEachIndexed { id, file -> addRow(arrayOf<Any>(id.toLong(), file.length(), 1L)) }
    }

    override fun getType(uri: Uri) = "image/" + file(uri).extension.replace("jpg", "jpeg")

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor =
        ParcelFileDescriptor.open(file(uri), ParcelFileDescriptor.MODE_READ_ONLY)

    /** The system's dialog for the trash. */
    override fun call(method: String, argument: String?, extras: Bundle?) = Bundle().apply {
        trashRequests += method
        val dialog = Intent("trash")
        val intent = PendingIntent.getActivity(context, 0, dialog, PendingIntent.FLAG_IMMUTABLE)
        putParcelable("result", intent)
    }

    override fun insert(uri: Uri, values: ContentValues?): Uri = error("EPIC inserts nothing")

    override fun delete(uri: Uri, where: String?, arguments: Array<String>?) = error("EPIC deletes nothing")

    override fun update(uri: Uri, values: ContentValues?, where: String?, arguments: Array<String>?) =
        error("EPIC changes nothing")

    private fun file(uri: Uri) = files[uri.lastPathSegment.orEmpty().toInt()]

    companion object {
        val trashRequests = mutableListOf<String>()
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
