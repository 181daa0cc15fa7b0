@file:JvmName("EpicAndroid")

package org.epicclassifier.android

import android.content.Context
import java.io.File
import java.io.FileNotFoundException
import org.epicclassifier.Epic
import org.epicclassifier.EpicOptions
import org.epicclassifier.PackSource
import org.epicclassifier.Store
import org.epicclassifier.internal.abandoning

/**
 * Opens an engine with the pack that the app ships as the asset [PACK_ASSET], or with the library's own
 * where there is none. Blocks for some tens of milliseconds.
 *
 * @throws org.epicclassifier.EpicException.Pack if the pack cannot be used
 */
public fun Epic.Companion.openBlocking(context: Context): Epic {
    val pack = try {
        PackSource.Zip(context.assets.open(PACK_ASSET).use { it.readBytes() })
    } catch (_: FileNotFoundException) {
        PackSource.BuiltIn
    }
    return openBlocking(EpicOptions(pack = pack))
}

/** As [openBlocking], suspending. */
public suspend fun Epic.Companion.open(context: Context): Epic = abandoning { openBlocking(context) }

/**
 * Opens the app's store: a file that is neither backed up nor seen by other apps. One is enough for
 * an app, and every component may open it.
 */
public fun Store.Companion.open(context: Context): Store =
    open(File(context.noBackupFilesDir, STORE_FILE))

/** The asset that replaces the library's own pack: a zip of a pack folder. */
public const val PACK_ASSET: String = "epic-pack.zip"

private const val STORE_FILE = "epic.db"
