package org.epicclassifier.gallery

/** Sections as the rows of a list: a heading, then rows of [columns] pictures. */
class GridRows(sections: List<GalleryModel.Section>, private val columns: Int) {
    private val rows: List<Row> = sections.flatMap { section ->
        listOf(Row.Heading(section.className, section.pictures.size)) +
            section.pictures.chunked(columns).map { Row.Pictures(it) }
    }

    val size: Int get() = rows.size

    operator fun get(position: Int): Row = rows[position]

    /** A row of the list. */
    sealed class Row {
        /** A class and how many pictures it has; null for the unsure ones. */
        data class Heading(val className: String?, val count: Int) : Row()

        /** Up to a row of pictures. */
        data class Pictures(val pictures: List<GalleryModel.Picture>) : Row()
    }

    companion object {
        /** As many columns of at least [cell] pixels as fit, and no fewer than two. */
        fun columnsFor(width: Int, cell: Int): Int = maxOf(2, width / maxOf(cell, 1))
    }
}
