package org.epicclassifier.internal

import java.nio.ByteBuffer
import org.epicclassifier.ImageSource
import org.epicclassifier.PixelLayout

/** Pixels in a direct buffer, locked as a bitmap is: what `BitmapPixels` does, where there are no bitmaps. */
internal class DirectPixels(buffer: ByteBuffer, override val layout: PixelLayout) :
    ImageSource.Locked() {
    private val rest = buffer.slice()

    // Native code sees a buffer from its start, whatever its position.
    override fun lock(): PixelLock {
        val ticket = NativePixels.lockBuffer(rest)
        return PixelLock(ticket.toULong()) { NativePixels.unlockBuffer(ticket) }
    }
}
