package org.epicclassifier.gallery

import android.annotation.SuppressLint
import android.content.res.Resources

/** What classes are called on the screen. */
class Names(private val resources: Resources, private val packageName: String) {
    /** A class without a string of its own keeps the pack's name: packs can bring any taxonomy. */
    @SuppressLint("DiscouragedApi")
    fun ofClass(className: String?): String {
        val name = className ?: return resources.getString(R.string.class_unsure)
        val id = resources.getIdentifier("class_$name", "string", packageName)
        return if (id == 0) name else resources.getString(id)
    }
}
