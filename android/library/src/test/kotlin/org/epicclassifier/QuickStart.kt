package org.epicclassifier

import android.content.Context
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.epicclassifier.android.MediaStoreItems
import org.epicclassifier.android.open

// What docs/android.md shows (QuickStartTest).
suspend fun sort(context: Context) = withContext(Dispatchers.IO) {
    val items = MediaStoreItems(context.contentResolver)
    Epic.open(context).use { epic ->
        Store.open(context).use { store ->
            epic.scan(items.query(), ScanOptions(store = store, opener = items)).collect { event ->
                if (event is ScanEvent.Progress) event.results.forEach(::println)
            }
        }
    }
}
