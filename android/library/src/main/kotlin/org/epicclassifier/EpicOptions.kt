package org.epicclassifier

import java.io.File

/** Where the pack comes from. */
public sealed class PackSource {
    /** The one inside the library. */
    public object BuiltIn : PackSource()

    /**
     * A folder, or a zip file of it.
     *
     * @property file the folder or zip file
     */
    public data class Path(val file: File) : PackSource()

    /**
     * A zip file in memory, from an asset for instance.
     *
     * @property bytes the whole file
     */
    public class Zip(public val bytes: ByteArray) : PackSource()
}

/** Where the weights behind faces and text come from. */
public sealed class WeightsSource {
    /** Those inside the library. */
    public object BuiltIn : WeightsSource()

    /**
     * A folder.
     *
     * @property folder the folder
     */
    public data class Path(val folder: File) : WeightsSource()
}

/**
 * How an engine works.
 *
 * @property pack the classifier's pack
 * @property weights the weights behind faces and text; nothing is read before a part needs it
 * @property useExifThumbnail use an EXIF thumbnail that is large enough and shows no sign of a later
 *   edit: thirty times faster on phone photos, with a small effect on scores
 * @property maxPixels pixels of the largest picture that is decoded; null for the default
 * @property textTimeMillis time for reading one picture's text; what is not read by then counts as
 *   unread and the record as partial; null for no bound
 */
public class EpicOptions @JvmOverloads constructor(
    public val pack: PackSource = PackSource.BuiltIn,
    public val weights: WeightsSource = WeightsSource.BuiltIn,
    public val useExifThumbnail: Boolean = false,
    public val maxPixels: Long? = null,
    public val textTimeMillis: Long? = null,
)
