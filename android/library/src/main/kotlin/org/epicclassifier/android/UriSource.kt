@file:JvmName("UriSources")

package org.epicclassifier.android

import android.content.ContentResolver
import android.net.Uri
import java.io.IOException
import org.epicclassifier.Epic
import org.epicclassifier.ImageSource
import org.epicclassifier.Verdict
import org.epicclassifier.internal.BitmapPixels
import org.epicclassifier.internal.abandoning

/**
 * Classifies what a content or file URI refers to. Formats that EPIC does not decode (HEIC, AVIF) are
 * decoded by the platform, reduced. Blocks: keep it off the main thread.
 *
 * @throws IOException if it cannot be opened, or the platform cannot decode it
 * @throws org.epicclassifier.EpicException by stage
 */
@Throws(IOException::class)
public fun Epic.classifyBlocking(resolver: ContentResolver, uri: Uri): Verdict {
    if (isLeftToPlatform(resolver.getType(uri))) {
        val decoded = PlatformDecoder(resolver, DECODED_SIDE).decode(uri)
        return classifyBlocking(BitmapPixels(decoded.bitmap, decoded.layout()))
    }
    val descriptor = resolver.openFileDescriptor(uri, "r") ?: throw IOException("no such item")
    return descriptor.use { classifyBlocking(ImageSource.FileDescriptor(it.fd)) }
}

/** As [classifyBlocking], suspending. */
public suspend fun Epic.classify(resolver: ContentResolver, uri: Uri): Verdict =
    abandoning { classifyBlocking(resolver, uri) }

/** Whether a MIME type is one that the platform decodes for us. */
internal fun isLeftToPlatform(mimeType: String?): Boolean = mimeType?.lowercase() in PLATFORM_TYPES

private val PLATFORM_TYPES = setOf(
    "image/heic",
    "image/heif",
    "image/heic-sequence",
    "image/heif-sequence",
    "image/avif",
    "image/x-adobe-dng",
    "image/x-canon-cr2",
    "image/x-nikon-nef",
    "image/x-nikon-nrw",
    "image/x-sony-arw",
    "image/x-panasonic-rw2",
    "image/x-olympus-orf",
    "image/x-fuji-raf",
    "image/x-pentax-pef",
    "image/x-samsung-srw",
)

/** Enough for every network's input, twice over. */
internal const val DECODED_SIDE: Int = 512
