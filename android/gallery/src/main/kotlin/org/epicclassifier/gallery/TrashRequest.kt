package org.epicclassifier.gallery

import android.content.ContentResolver
import android.content.IntentSender
import android.net.Uri
import android.os.Build
import android.provider.MediaStore

/** Moves pictures to the system's trash, which asks the user and keeps them for thirty days. */
object TrashRequest {
    /** Before API 30 there is no trash, and nothing else is offered: EPIC never deletes. */
    val isAvailable: Boolean get() = Build.VERSION.SDK_INT >= Build.VERSION_CODES.R

    /** The system's dialog for these pictures. */
    fun of(resolver: ContentResolver, keys: List<String>): IntentSender =
        MediaStore.createTrashRequest(resolver, keys.map(Uri::parse), true).intentSender
}
