package org.epicclassifier

/**
 * Why a call failed. Messages are for developers, in English; neither they nor [kind] hold a path, a
 * text or a pixel of a picture.
 *
 * @property kind a stable lower-case word, as `epic scan --json` writes it
 */
public sealed class EpicException(public val kind: String, message: String, cause: Throwable? = null) :
    Exception(message, cause) {

    /** The file or item cannot be read now. */
    public class Read internal constructor(kind: String, message: String) : EpicException(kind, message)

    /**
     * The picture is corrupt, cut short, or of a format that is not decoded here: let the platform
     * decode it and hand in its pixels.
     */
    public class Decode internal constructor(kind: String, message: String) : EpicException(kind, message)

    /** The picture exceeds a limit; nothing was allocated. */
    public class Limit internal constructor(kind: String, message: String) : EpicException(kind, message)

    /** An argument contradicts itself: a buffer shorter than its rows, for instance. */
    public class InvalidArgument internal constructor(kind: String, message: String) :
        EpicException(kind, message)

    /**
     * The pack cannot be used.
     *
     * @property isCorrupt whether a fresh copy of the same pack is likely to help
     */
    public class Pack internal constructor(kind: String, message: String, public val isCorrupt: Boolean) :
        EpicException(kind, message)

    /** The weights behind faces and text are missing or damaged. */
    public class Weights internal constructor(kind: String, message: String) : EpicException(kind, message)

    /** A network failed on a picture. */
    public class Inference internal constructor(kind: String, message: String) :
        EpicException(kind, message)

    /** The store cannot be opened or used. */
    public class Store internal constructor(kind: String, message: String) : EpicException(kind, message)

    /** A bug of EPIC: a panic was caught. The engine can still be used. */
    public class Internal internal constructor(message: String, cause: Throwable? = null) :
        EpicException("internal", message, cause)

    /** The engine or store was closed before or during the call. */
    public class Closed internal constructor() : EpicException("closed", "already closed")
}
