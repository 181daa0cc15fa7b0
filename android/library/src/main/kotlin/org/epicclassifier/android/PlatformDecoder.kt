package org.epicclassifier.android

import android.content.ContentResolver
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.ImageDecoder
import android.net.Uri
import android.os.Build
import java.io.IOException
import kotlin.math.max
import org.epicclassifier.PixelLayout

/** Pixels that the platform decoded, and the size of what they are a reduction of. */
internal class DecodedBitmap(val bitmap: Bitmap, private val sourceWidth: Int, private val sourceHeight: Int) {
    fun layout(): PixelLayout =
        bitmap.layout().copy(sourceWidth = sourceWidth, sourceHeight = sourceHeight)
}

/**
 * Decodes what EPIC leaves to the platform (HEIC, AVIF, RAW), reduced while decoding.
 *
 * @param side about this many pixels on the longer side are left
 */
internal class PlatformDecoder(private val resolver: ContentResolver, private val side: Int) {

    /** Upright, in the format `ARGB_8888`. */
    fun decode(uri: Uri): DecodedBitmap =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) decodeUpright(uri) else decodeAsStored(uri)

    // ImageDecoder applies the orientation of every container itself.
    private fun decodeUpright(uri: Uri): DecodedBitmap {
        var width = 0
        var height = 0
        val source = ImageDecoder.createSource(resolver, uri)
        val bitmap = ImageDecoder.decodeBitmap(source) { decoder, info, _ ->
            width = info.size.width
            height = info.size.height
            decoder.allocator = ImageDecoder.ALLOCATOR_SOFTWARE
            decoder.setTargetSampleSize(sampleSize(width, height, side))
        }
        return DecodedBitmap(bitmap.asArgb(), width, height)
    }

    // Before API 28 there is no HEIC of a camera that would need turning.
    private fun decodeAsStored(uri: Uri): DecodedBitmap {
        val bounds = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        open(uri).use { BitmapFactory.decodeStream(it, null, bounds) }
        val options = BitmapFactory.Options().apply {
            inSampleSize = sampleSize(bounds.outWidth, bounds.outHeight, side)
        }
        val bitmap = open(uri).use { BitmapFactory.decodeStream(it, null, options) }
            ?: throw IOException("the platform cannot decode the picture")
        return DecodedBitmap(bitmap.asArgb(), bounds.outWidth, bounds.outHeight)
    }

    private fun open(uri: Uri) = resolver.openInputStream(uri) ?: throw IOException("no such item")

    private fun Bitmap.asArgb(): Bitmap =
        if (config == Bitmap.Config.ARGB_8888) this else copy(Bitmap.Config.ARGB_8888, false)

    internal companion object {
        /** The largest power of two that leaves `side` pixels on the longer side. */
        fun sampleSize(width: Int, height: Int, side: Int): Int {
            val factor = max(width, height) / max(side, 1)
            return if (factor < 2) 1 else Integer.highestOneBit(factor)
        }
    }
}
