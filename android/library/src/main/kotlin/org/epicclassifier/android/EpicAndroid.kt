@file:JvmName("EpicAndroid")

package org.epicclassifier.android

import android.content.Context
import java.io.File
import org.epicclassifier.Epic
import org.epicclassifier.EpicOptions
import org.epicclassifier.Store

/**
 * Opens an engine for an app. Call it off the main thread in Java ([Epic.openBlocking] does the
 * same); in Kotlin it suspends.
 */
@Suppress("UNUSED_PARAMETER")
public suspend fun Epic.Companion.open(context: Context, options: EpicOptions = EpicOptions()): Epic =
    open(options)

/**
 * Opens the app's store: a file that is neither backed up nor seen by other apps. One is enough for
 * an app, and every component may open it.
 */
public fun Store.Companion.open(context: Context): Store =
    open(File(context.noBackupFilesDir, STORE_FILE))

private const val STORE_FILE = "epic.db"
