package org.epicclassifier.internal

import org.epicclassifier.EpicException
import org.epicclassifier.EpicOptions
import org.epicclassifier.ImageSource
import org.epicclassifier.ItemOpener
import org.epicclassifier.LogLevel
import org.epicclassifier.LogSink
import org.epicclassifier.MetadataPart
import org.epicclassifier.OpenedItem
import org.epicclassifier.Orientation
import org.epicclassifier.PackInfo
import org.epicclassifier.PackSource
import org.epicclassifier.PixelFormat
import org.epicclassifier.PixelLayout
import org.epicclassifier.ScanItem
import org.epicclassifier.ScanOptions
import org.epicclassifier.ScanSummary
import org.epicclassifier.Verdict
import org.epicclassifier.WeightsSource
import org.epicclassifier.internal.ffi.EngineOptions
import org.epicclassifier.internal.ffi.EpicException as NativeException
import org.epicclassifier.internal.ffi.ItemOpener as NativeOpener
import org.epicclassifier.internal.ffi.LogLevel as NativeLevel
import org.epicclassifier.internal.ffi.LogSink as NativeSink
import org.epicclassifier.internal.ffi.MetadataParts
import org.epicclassifier.internal.ffi.OpenedItem as NativeOpened
import org.epicclassifier.internal.ffi.Orientation as NativeOrientation
import org.epicclassifier.internal.ffi.PackInfo as NativePackInfo
import org.epicclassifier.internal.ffi.PackSource as NativePack
import org.epicclassifier.internal.ffi.PictureSize
import org.epicclassifier.internal.ffi.PixelFormat as NativeFormat
import org.epicclassifier.internal.ffi.PixelLayout as NativeLayout
import org.epicclassifier.internal.ffi.ScanItem as NativeItem
import org.epicclassifier.internal.ffi.ScanOptions as NativeScanOptions
import org.epicclassifier.internal.ffi.ScanSummary as NativeSummary
import org.epicclassifier.internal.ffi.Verdict as NativeVerdict
import org.epicclassifier.internal.ffi.WeightsSource as NativeWeights

internal fun NativeException.toPublic(): EpicException = when (this) {
    is NativeException.Read -> EpicException.Read(kind, detail)
    is NativeException.Decode -> EpicException.Decode(kind, detail)
    is NativeException.Limit -> EpicException.Limit(kind, detail)
    is NativeException.InvalidArgument -> EpicException.InvalidArgument(kind, detail)
    is NativeException.Pack -> EpicException.Pack(kind, detail, corrupt)
    is NativeException.Weights -> EpicException.Weights(kind, detail)
    is NativeException.Inference -> EpicException.Inference(kind, detail)
    is NativeException.Store -> EpicException.Store(kind, detail)
    // The caller's own exception is thrown instead, wherever it is known.
    is NativeException.Callback -> EpicException.Internal(detail, this)
    is NativeException.Internal -> EpicException.Internal(detail, this)
}

internal fun NativeVerdict.toPublic() = Verdict(
    className,
    group,
    confidence,
    scores.associate { it.className to it.score },
    abstained,
    width.toInt(),
    height.toInt(),
)

internal fun NativePackInfo.toPublic() = PackInfo(
    id,
    name,
    version,
    classes.associate { it.name to it.group },
    groups,
    fallbackGroup,
    inputWidth.toInt(),
    inputHeight.toInt(),
)

internal fun NativeSummary.toPublic() =
    ScanSummary(classified.toInt(), fromStore.toInt(), failed.toInt(), cancelled, storeError)

internal fun EpicOptions.toNative() = EngineOptions(
    pack = when (pack) {
        PackSource.BuiltIn -> NativePack.BuiltIn
        is PackSource.Path -> NativePack.Path(pack.file.path)
        is PackSource.Zip -> NativePack.Zip(pack.bytes)
    },
    weights = when (weights) {
        WeightsSource.BuiltIn -> NativeWeights.BuiltIn
        is WeightsSource.Path -> NativeWeights.Path(weights.folder.path)
    },
    exifThumbnail = useExifThumbnail,
    maxPixels = maxPixels?.toULong(),
    textTimeMs = textTimeMillis?.toULong(),
)

internal fun Set<MetadataPart>.toNative() = MetadataParts(
    colors = MetadataPart.COLORS in this,
    faces = MetadataPart.FACES in this,
    text = MetadataPart.TEXT in this,
)

internal fun PixelLayout.toNative() = NativeLayout(
    width = width.toUInt(),
    height = height.toUInt(),
    stride = stride.toUInt(),
    format = NativeFormat.entries[format.ordinal],
    premultiplied = isPremultiplied,
    orientation = NativeOrientation.entries[orientation.ordinal],
    sourceSize = if (sourceWidth != null && sourceHeight != null) {
        PictureSize(sourceWidth.toUInt(), sourceHeight.toUInt())
    } else {
        null
    },
)

internal fun ScanItem.toNative(): NativeItem = when (this) {
    is ScanItem.Path -> NativeItem.Path(file.absolutePath)
    is ScanItem.Bytes -> NativeItem.Bytes(bytes)
    is ScanItem.Platform -> NativeItem.Platform(key, size.toULong(), modified)
}

internal fun ScanOptions.toNative() =
    NativeScanOptions(jobs.toUInt(), intervalMillis.toUInt(), store?.native)

internal fun LogLevel.toNative() = NativeLevel.entries[ordinal]

internal fun LogSink.toNative() = object : NativeSink {
    override fun log(level: NativeLevel, target: String, message: String): Unit =
        callback { this@toNative.log(LogLevel.entries[level.ordinal], target, message) }
}

internal fun ItemOpener.toNative() = object : NativeOpener {
    override fun openItem(key: String): NativeOpened = callback { this@toNative.open(key).toNative() }
}

private fun OpenedItem.toNative(): NativeOpened = when (this) {
    is OpenedItem.Path -> NativeOpened.Path(file.path)
    is OpenedItem.FileDescriptor -> NativeOpened.File(descriptor)
    is OpenedItem.Bytes -> NativeOpened.Bytes(bytes)
    is OpenedItem.Pixels -> {
        val data = ByteArray(buffer.remaining())
        buffer.duplicate().get(data)
        NativeOpened.Pixels(data, layout.toNative())
    }
}
