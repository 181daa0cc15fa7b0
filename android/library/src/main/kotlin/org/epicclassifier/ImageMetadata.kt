package org.epicclassifier

/** A part of the metadata. What is not asked for is neither loaded nor run. */
public enum class MetadataPart {
    /** Dominant colours. */
    COLORS,

    /** Face boxes. */
    FACES,

    /** Text lines and words. */
    TEXT;

    public companion object {
        /** All of them. */
        @JvmField
        public val ALL: Set<MetadataPart> = entries.toSet()
    }
}

/**
 * What is known of one picture. A part that was not asked for is null.
 *
 * @property version version of the record; it rises when a field changes its meaning
 * @property width width in pixels of the upright full picture
 * @property height height in pixels of the upright full picture
 * @property colors at most five dominant colours, by share, largest first
 * @property faces faces
 * @property text text
 * @property columns the thesis's 37 columns by name, in their order, as `epic metadata` writes them:
 *   [Long], [Double], [String] or null; the file's name, path and class are null here
 */
public data class ImageMetadata(
    val version: Int,
    val width: Int,
    val height: Int,
    val colors: List<DominantColor>?,
    val faces: FaceMetadata?,
    val text: TextMetadata?,
    val columns: Map<String, Any?>,
)

/**
 * An sRGB colour and its share of the picture.
 *
 * @property hex `#rrggbb`, lower case
 * @property ratio share of the picture's pixels, above 0 and at most 1
 */
public data class DominantColor(val hex: String, val ratio: Float)

/**
 * The faces of a picture.
 *
 * @property faces faces, the surest first
 * @property areaRatio area of the union of all face boxes ÷ area of the picture, in 0..1
 */
public data class FaceMetadata(val faces: List<Face>, val areaRatio: Float)

/**
 * A detected face; the box is in pixels of the upright full picture.
 *
 * @property x left edge
 * @property y upper edge
 * @property width width, above 0
 * @property height height, above 0
 * @property score confidence in 0..1
 */
public data class Face(
    val x: Float,
    val y: Float,
    val width: Float,
    val height: Float,
    val score: Float,
)

/** The script that a line of text was read in. */
public enum class Script {
    /** Latin letters, digits and signs. */
    LATIN,

    /** Arabic letters. */
    ARABIC,

    /** Found, but not read: too unsure, another script, or out of budget. */
    UNREAD,
}

/**
 * A point in pixels of the upright full picture.
 *
 * @property x from the left edge
 * @property y from the upper edge
 */
public data class Point(val x: Float, val y: Float)

/**
 * One detected line of text.
 *
 * @property corners its four corners, clockwise from the upper left
 * @property script script it was read in
 * @property text what it says, in logical order; empty when unread
 * @property score mean confidence of the recogniser in 0..1; 0 when unread
 * @property block index of its block, from 0 in reading order
 * @property line index of its line, from 0 in reading order
 */
public data class TextLine(
    val corners: List<Point>,
    val script: Script,
    val text: String,
    val score: Float,
    val block: Int,
    val line: Int,
)

/**
 * What was read in one script.
 *
 * @property boxes text boxes of this script
 * @property words words as they are written, separators left out
 * @property lemmas lemmas (English) or light stems (Arabic), one per word
 * @property segmentedLemmas glued words parted first, then lemmas; for Arabic the lemmas again
 * @property wordsIncludingSeparators number of tokens when separators count too
 * @property meanScore mean confidence of the boxes in 0..1; null without a box
 */
public data class ScriptText(
    val boxes: Int,
    val words: List<String>,
    val lemmas: List<String>,
    val segmentedLemmas: List<String>,
    val wordsIncludingSeparators: Int,
    val meanScore: Float?,
)

/**
 * The text of a picture.
 *
 * @property areaRatio area of the union of all text boxes ÷ area of the picture, in 0..1
 * @property lineCount lines of text: boxes on one baseline of a block count once
 * @property blockCount blocks: lines that stand close together
 * @property unreadBoxes boxes found but not read
 * @property english Latin script
 * @property arabic Arabic script
 * @property mathSymbolCount mathematical digits and symbols in all lines
 * @property isPartial whether the budget ended before all boxes were read
 * @property lines all boxes in reading order
 */
public data class TextMetadata(
    val areaRatio: Float,
    val lineCount: Int,
    val blockCount: Int,
    val unreadBoxes: Int,
    val english: ScriptText,
    val arabic: ScriptText,
    val mathSymbolCount: Int,
    val isPartial: Boolean,
    val lines: List<TextLine>,
)
