package org.epicclassifier.internal

import android.graphics.Bitmap
import org.epicclassifier.ImageSource
import org.epicclassifier.PixelLayout

/** A bitmap in the format `ARGB_8888`, read in place by way of JNI. */
internal class BitmapPixels(private val bitmap: Bitmap, override val layout: PixelLayout) :
    ImageSource.Locked() {

    override fun lock(): PixelLock {
        val ticket = NativePixels.lockBitmap(bitmap)
        check(ticket != 0L) { "the bitmap cannot be locked" }
        return PixelLock(ticket.toULong()) { NativePixels.unlockBitmap(bitmap, ticket) }
    }
}
