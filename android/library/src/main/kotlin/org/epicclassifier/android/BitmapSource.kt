@file:JvmName("BitmapSources")

package org.epicclassifier.android

import android.graphics.Bitmap
import org.epicclassifier.ImageSource
import org.epicclassifier.Orientation
import org.epicclassifier.PixelFormat
import org.epicclassifier.PixelLayout
import org.epicclassifier.internal.BitmapPixels

/**
 * A bitmap as a source. One in the format `ARGB_8888` is read in place; others (hardware bitmaps,
 * `RGB_565`) are copied to that format first. It must not be recycled or drawn on while it is
 * classified.
 *
 * @param orientation how it is turned upright; `ImageDecoder` and `BitmapFactory`'s callers have
 *   usually done so
 * @throws IllegalArgumentException if it is recycled, or cannot be copied
 */
@JvmOverloads
public fun Bitmap.toImageSource(orientation: Orientation = Orientation.NORMAL): ImageSource {
    require(!isRecycled) { "the bitmap is recycled" }
    val readable = if (config == Bitmap.Config.ARGB_8888) {
        this
    } else {
        requireNotNull(copy(Bitmap.Config.ARGB_8888, false)) { "the bitmap cannot be copied" }
    }
    return BitmapPixels(readable, readable.layout(orientation))
}

internal fun Bitmap.layout(orientation: Orientation = Orientation.NORMAL) = PixelLayout(
    width = width,
    height = height,
    format = PixelFormat.RGBA_8,
    stride = rowBytes,
    isPremultiplied = isPremultiplied,
    orientation = orientation,
)
