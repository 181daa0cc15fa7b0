package org.epicclassifier

import android.content.Context
import org.epicclassifier.android.MediaStoreItems
import org.epicclassifier.android.open

// What docs/android.md shows (QuickStartTest).
suspend fun sort(context: Context) {
    val epic = Epic.open(context)
    val items = MediaStoreItems(context.contentResolver)
    val options = ScanOptions(store = Store.open(context), opener = items)
    epic.scan(items.query(), options).collect { event ->
        if (event is ScanEvent.Progress) event.results.forEach(::println)
    }
}
