package org.epicclassifier.internal

import android.graphics.Bitmap
import java.nio.ByteBuffer

/** Locked pixels; closing unlocks them. */
internal class PixelLock(val ticket: ULong, private val unlock: () -> Unit) : AutoCloseable {
    override fun close() = unlock()
}

/** The JNI part of the library (`bindings/ffi/src/jvm.rs`). */
internal object NativePixels {
    init {
        // The library of the generated code, which JNA loads as well: one copy in the process.
        System.loadLibrary("epic")
    }

    @JvmStatic
    external fun lockBuffer(buffer: ByteBuffer): Long

    @JvmStatic
    external fun unlockBuffer(ticket: Long)

    /** 0 if it is not in the format `ARGB_8888` or cannot be locked. */
    @JvmStatic
    external fun lockBitmap(bitmap: Bitmap): Long

    @JvmStatic
    external fun unlockBitmap(bitmap: Bitmap, ticket: Long)
}
