package org.epicclassifier

import java.io.File
import java.nio.ByteBuffer
import org.epicclassifier.internal.PixelLock

/** A picture to classify. Nothing of it is kept after the call. */
public sealed class ImageSource {

    /**
     * An encoded file by path.
     *
     * @property file the file
     */
    public class Path(public val file: File) : ImageSource() {
        public constructor(path: String) : this(File(path))
    }

    /**
     * An encoded file in memory.
     *
     * @property buffer from its position to its limit; a direct buffer is not copied
     */
    public class Bytes(public val buffer: ByteBuffer) : ImageSource() {
        public constructor(bytes: ByteArray) : this(ByteBuffer.wrap(bytes))
    }

    /**
     * Pixels that the platform decoded.
     *
     * @property buffer rows from its position on; a direct buffer is not copied
     * @property layout how they are laid out
     */
    public class Pixels(public val buffer: ByteBuffer, public val layout: PixelLayout) : ImageSource()

    /**
     * An open encoded file, read from its current position to its end. The descriptor stays the
     * caller's (`ParcelFileDescriptor.getFd`).
     *
     * @property descriptor its number
     */
    public class FileDescriptor(public val descriptor: Int) : ImageSource()

    /** Pixels that native code reads in place while they are locked. */
    internal abstract class Locked : ImageSource() {
        abstract val layout: PixelLayout

        abstract fun lock(): PixelLock
    }
}

/** Channel order of pixels, 8 bits each. */
public enum class PixelFormat(internal val bytesPerPixel: Int) {
    /** Red, green, blue. */
    RGB_8(3),

    /** Red, green, blue, alpha: `Bitmap.Config.ARGB_8888` in memory. */
    RGBA_8(4),

    /** Blue, green, red, alpha. */
    BGRA_8(4),
}

/** How stored pixels are turned to stand upright: the eight values of EXIF, in their order. */
public enum class Orientation {
    /** 1: stored upright. */
    NORMAL,

    /** 2: mirrored left to right. */
    FLIP_HORIZONTAL,

    /** 3: turned by 180°. */
    ROTATE_180,

    /** 4: mirrored top to bottom. */
    FLIP_VERTICAL,

    /** 5: mirrored along the main diagonal. */
    TRANSPOSE,

    /** 6: to be turned by 90° clockwise. */
    ROTATE_90,

    /** 7: mirrored along the other diagonal. */
    TRANSVERSE,

    /** 8: to be turned by 270° clockwise. */
    ROTATE_270;

    public companion object {
        /** From the value of an EXIF orientation tag; what is not in 1..8 is read as upright. */
        @JvmStatic
        public fun ofExif(value: Int): Orientation = entries.getOrElse(value - 1) { NORMAL }
    }
}

/**
 * How a buffer of pixels is laid out.
 *
 * @property width pixels in a row
 * @property height number of rows, from top to bottom
 * @property stride bytes from the start of one row to the start of the next
 * @property format channel order
 * @property isPremultiplied whether colours are already multiplied by alpha, as in Android's bitmaps
 * @property orientation how the pixels are turned upright
 * @property sourceWidth upright width of the full picture, where these pixels are a reduction of it
 * @property sourceHeight upright height of the full picture, likewise
 */
public data class PixelLayout @JvmOverloads constructor(
    val width: Int,
    val height: Int,
    val format: PixelFormat = PixelFormat.RGBA_8,
    val stride: Int = Math.multiplyExact(width, format.bytesPerPixel),
    val isPremultiplied: Boolean = false,
    val orientation: Orientation = Orientation.NORMAL,
    val sourceWidth: Int? = null,
    val sourceHeight: Int? = null,
)
