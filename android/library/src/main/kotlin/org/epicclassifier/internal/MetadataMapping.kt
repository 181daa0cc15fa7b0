package org.epicclassifier.internal

import org.epicclassifier.DominantColor
import org.epicclassifier.Face
import org.epicclassifier.FaceMetadata
import org.epicclassifier.ImageMetadata
import org.epicclassifier.Point
import org.epicclassifier.Script
import org.epicclassifier.ScriptText
import org.epicclassifier.TextLine
import org.epicclassifier.TextMetadata
import org.epicclassifier.internal.ffi.ColumnValue
import org.epicclassifier.internal.ffi.FaceMetadata as NativeFaces
import org.epicclassifier.internal.ffi.ImageMetadata as NativeMetadata
import org.epicclassifier.internal.ffi.ScriptText as NativeScriptText
import org.epicclassifier.internal.ffi.TextLine as NativeLine
import org.epicclassifier.internal.ffi.TextMetadata as NativeText

internal fun NativeMetadata.toPublic() = ImageMetadata(
    version.toInt(),
    width.toInt(),
    height.toInt(),
    colors?.map { DominantColor(it.hex, it.ratio) },
    faces?.toPublic(),
    text?.toPublic(),
    columns.associate { it.name to it.value.toPublic() },
)

private fun ColumnValue.toPublic(): Any? = when (this) {
    ColumnValue.Absent -> null
    is ColumnValue.Count -> count.toLong()
    is ColumnValue.Number -> number
    is ColumnValue.Text -> text
}

private fun NativeFaces.toPublic() =
    FaceMetadata(faces.map { Face(it.x, it.y, it.width, it.height, it.score) }, areaRatio)

private fun NativeScriptText.toPublic() = ScriptText(
    boxes.toInt(),
    words,
    lemmas,
    segmentedLemmas,
    wordsIncludingSeparators.toInt(),
    meanScore,
)

private fun NativeLine.toPublic() = TextLine(
    corners.map { Point(it.x, it.y) },
    Script.entries[script.ordinal],
    text,
    score,
    block.toInt(),
    line.toInt(),
)

private fun NativeText.toPublic() = TextMetadata(
    areaRatio,
    lineCount.toInt(),
    blockCount.toInt(),
    unreadBoxes.toInt(),
    english.toPublic(),
    arabic.toPublic(),
    mathSymbolCount.toInt(),
    partial,
    lines.map { it.toPublic() },
)
