@file:JvmName("UriSources")

package org.epicclassifier.android

import android.content.ContentResolver
import android.net.Uri
import java.io.IOException
import org.epicclassifier.Analysis
import org.epicclassifier.Epic
import org.epicclassifier.ImageMetadata
import org.epicclassifier.ImageSource
import org.epicclassifier.MetadataPart
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
public fun Epic.classifyBlocking(resolver: ContentResolver, uri: Uri): Verdict =
    resolver.withSource(uri, CLASSIFIED_SIDE, ::classifyBlocking)

/** As [classifyBlocking], suspending. */
public suspend fun Epic.classify(resolver: ContentResolver, uri: Uri): Verdict =
    abandoning { classifyBlocking(resolver, uri) }

/**
 * Extracts [parts] of the metadata of what a URI refers to; see [classifyBlocking].
 *
 * @throws IOException if it cannot be opened, or the platform cannot decode it
 * @throws org.epicclassifier.EpicException by stage
 */
@Throws(IOException::class)
@JvmOverloads
public fun Epic.extractMetadataBlocking(
    resolver: ContentResolver,
    uri: Uri,
    parts: Set<MetadataPart> = MetadataPart.ALL,
): ImageMetadata = resolver.withSource(uri, READ_SIDE) { extractMetadataBlocking(it, parts) }

/** As [extractMetadataBlocking], suspending. */
public suspend fun Epic.extractMetadata(
    resolver: ContentResolver,
    uri: Uri,
    parts: Set<MetadataPart> = MetadataPart.ALL,
): ImageMetadata = abandoning { extractMetadataBlocking(resolver, uri, parts) }

/**
 * Classifies what a URI refers to and extracts [parts] of its metadata, decoding once; see
 * [classifyBlocking].
 *
 * @throws IOException if it cannot be opened, or the platform cannot decode it
 * @throws org.epicclassifier.EpicException by stage
 */
@Throws(IOException::class)
@JvmOverloads
public fun Epic.analyzeBlocking(
    resolver: ContentResolver,
    uri: Uri,
    parts: Set<MetadataPart> = MetadataPart.ALL,
): Analysis = resolver.withSource(uri, READ_SIDE) { analyzeBlocking(it, parts) }

/** As [analyzeBlocking], suspending. */
public suspend fun Epic.analyze(
    resolver: ContentResolver,
    uri: Uri,
    parts: Set<MetadataPart> = MetadataPart.ALL,
): Analysis = abandoning { analyzeBlocking(resolver, uri, parts) }

/** [side]: how many pixels of the longer side are wanted of what the platform decodes. */
private inline fun <T> ContentResolver.withSource(uri: Uri, side: Int, work: (ImageSource) -> T): T {
    if (isLeftToPlatform(getType(uri))) {
        val decoded = PlatformDecoder(this, side).decode(uri)
        return work(BitmapPixels(decoded.bitmap, decoded.layout()))
    }
    val descriptor = openFileDescriptor(uri, "r") ?: throw IOException("no such item")
    return descriptor.use { work(ImageSource.FileDescriptor(it.fd)) }
}

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
internal const val CLASSIFIED_SIDE: Int = 512

/** Enough for the text of a screenshot or a page to be read. */
private const val READ_SIDE: Int = 2048
