package org.epicclassifier.android

import android.Manifest
import android.content.ContentResolver
import android.content.ContentUris
import android.content.Context
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Build
import android.os.ParcelFileDescriptor
import android.provider.MediaStore
import java.io.FileNotFoundException
import java.nio.ByteBuffer
import org.epicclassifier.ItemOpener
import org.epicclassifier.OpenedItem
import org.epicclassifier.ScanItem

/**
 * The phone's pictures as scan items: their content URI is the key, their size and time of change
 * tell whether a stored verdict still holds.
 *
 * Needs `READ_MEDIA_IMAGES` (API 33 on) or `READ_EXTERNAL_STORAGE`; with partial access the pictures
 * that the user chose are found.
 *
 * @param collection the volume to look in
 */
public class MediaStoreItems @JvmOverloads constructor(
    private val resolver: ContentResolver,
    private val collection: Uri = MediaStore.Images.Media.EXTERNAL_CONTENT_URI,
) : ItemOpener {

    /**
     * Whether the app may see all pictures; with partial access or none, what [query] does not find may
     * still be there.
     */
    public fun seesEverything(context: Context): Boolean {
        val permission = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            Manifest.permission.READ_MEDIA_IMAGES
        } else {
            Manifest.permission.READ_EXTERNAL_STORAGE
        }
        return context.checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED
    }

    /**
     * All pictures that the app may see, the latest first. Blocks: keep it off the main thread.
     *
     * @throws IllegalStateException if the MediaStore does not answer
     */
    public fun query(): List<ScanItem.Platform> {
        val columns = arrayOf(
            MediaStore.Images.Media._ID,
            MediaStore.Images.Media.SIZE,
            MediaStore.Images.Media.DATE_MODIFIED,
        )
        val order = "${MediaStore.Images.Media.DATE_MODIFIED} DESC"
        // Null is no empty gallery: the store would forget everything.
        val cursor = checkNotNull(resolver.query(collection, columns, null, null, order)) {
            "the MediaStore does not answer"
        }
        return cursor.use {
            buildList(cursor.count) {
                while (cursor.moveToNext()) {
                    val uri = ContentUris.withAppendedId(collection, cursor.getLong(0))
                    add(ScanItem.Platform(uri.toString(), cursor.getLong(1), cursor.getLong(2)))
                }
            }
        }
    }

    /** Opens an item of [query], or any other content URI. */
    override fun open(key: String): OpenedItem {
        val uri = Uri.parse(key)
        if (isLeftToPlatform(resolver.getType(uri))) {
            val decoded = PlatformDecoder(resolver, CLASSIFIED_SIDE).decode(uri)
            val pixels = ByteBuffer.allocate(decoded.bitmap.rowBytes * decoded.bitmap.height)
            decoded.bitmap.copyPixelsToBuffer(pixels)
            val layout = decoded.layout()
            decoded.bitmap.recycle()
            return OpenedItem.Pixels(pixels.apply { flip() }, layout)
        }
        val descriptor: ParcelFileDescriptor =
            resolver.openFileDescriptor(uri, "r") ?: throw FileNotFoundException("no such item")
        return OpenedItem.FileDescriptor(descriptor.detachFd())
    }

    public companion object {
        /** The URI of an item of [query]. */
        @JvmStatic
        public fun uriOf(item: ScanItem.Platform): Uri = Uri.parse(item.key)
    }
}
