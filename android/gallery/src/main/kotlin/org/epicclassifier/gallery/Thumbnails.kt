package org.epicclassifier.gallery

import android.content.ContentResolver
import android.graphics.Bitmap
import android.net.Uri
import android.os.Build
import android.os.Handler
import android.os.Looper
import android.provider.MediaStore
import android.util.LruCache
import android.util.Size
import android.widget.ImageView
import java.util.concurrent.Executors

/** Loads thumbnails off the main thread into views that may be reused meanwhile. */
class Thumbnails(private val resolver: ContentResolver) {
    private val main = Handler(Looper.getMainLooper())
    private val workers = Executors.newFixedThreadPool(2)
    private val cache = object : LruCache<String, Bitmap>(CACHE_BYTES) {
        override fun sizeOf(key: String, value: Bitmap) = value.allocationByteCount
    }

    fun load(key: String, side: Int, into: ImageView) {
        into.tag = key
        val known = cache[key]
        into.setImageBitmap(known)
        if (known != null) return
        workers.execute {
            val bitmap = runCatching { thumbnail(Uri.parse(key), side) }.getOrNull() ?: return@execute
            cache.put(key, bitmap)
            main.post { if (into.tag == key) into.setImageBitmap(bitmap) }
        }
    }

    fun close() {
        workers.shutdownNow()
    }

    @Suppress("DEPRECATION")
    private fun thumbnail(uri: Uri, side: Int): Bitmap? =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) {
            resolver.loadThumbnail(uri, Size(side, side), null)
        } else {
            val id = uri.lastPathSegment?.toLongOrNull() ?: return null
            MediaStore.Images.Thumbnails.getThumbnail(
                resolver,
                id,
                MediaStore.Images.Thumbnails.MINI_KIND,
                null,
            )
        }

    private companion object {
        const val CACHE_BYTES = 24 * 1024 * 1024
    }
}
