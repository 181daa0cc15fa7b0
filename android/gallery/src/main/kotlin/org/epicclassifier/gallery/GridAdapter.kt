package org.epicclassifier.gallery

import android.content.Context
import android.view.Gravity
import android.view.View
import android.view.ViewGroup
import android.widget.BaseAdapter
import android.widget.FrameLayout
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.TextView

/** Rows of pictures under the headings of their classes. */
class GridAdapter(
    private val context: Context,
    private val names: Names,
    private val columns: Int,
    private val cell: Int,
    private val showThumbnail: (String, ImageView) -> Unit,
    private val isSelected: (String) -> Boolean,
    private val onClick: (String) -> Unit,
    private val onHeading: (String?) -> Unit,
) : BaseAdapter() {
    private var rows = GridRows(emptyList(), columns)

    /** Shows other sections. */
    fun show(sections: List<GalleryModel.Section>) {
        rows = GridRows(sections, columns)
        notifyDataSetChanged()
    }

    override fun getCount(): Int = rows.size

    override fun getItem(position: Int): Any = rows[position]

    override fun getItemId(position: Int): Long = position.toLong()

    override fun getViewTypeCount(): Int = 2

    override fun getItemViewType(position: Int): Int = if (rows[position] is GridRows.Row.Heading) 0 else 1

    override fun areAllItemsEnabled(): Boolean = false

    override fun isEnabled(position: Int): Boolean = false

    override fun getView(position: Int, reused: View?, parent: ViewGroup): View =
        when (val row = rows[position]) {
            is GridRows.Row.Heading -> heading(row, reused as TextView?)
            is GridRows.Row.Pictures -> pictures(row, reused as LinearLayout?)
        }

    private fun heading(row: GridRows.Row.Heading, reused: TextView?): View {
        val view = reused ?: TextView(context).apply {
            setTextAppearance(android.R.style.TextAppearance_Material_Subhead)
            textAlignment = View.TEXT_ALIGNMENT_VIEW_START
            setPaddingRelative(cell / 12, cell / 6, cell / 12, cell / 16)
            isAccessibilityHeading = true
        }
        view.text = context.getString(R.string.heading, names.ofClass(row.className), row.count)
        view.setOnClickListener { onHeading(row.className) }
        return view
    }

    private fun pictures(row: GridRows.Row.Pictures, reused: LinearLayout?): View {
        val view = reused ?: LinearLayout(context).apply {
            orientation = LinearLayout.HORIZONTAL
            repeat(columns) { addView(cellView(), LinearLayout.LayoutParams(0, cell, 1f)) }
        }
        for (column in 0 until columns) {
            show(row.pictures.getOrNull(column), view.getChildAt(column) as FrameLayout)
        }
        return view
    }

    private fun cellView(): View = FrameLayout(context).apply {
        val gap = cell / 60 + 1
        setPadding(gap, gap, gap, gap)
        addView(ImageView(context).apply { scaleType = ImageView.ScaleType.CENTER_CROP })
        val mark = TextView(context).apply {
            text = "✓"
            setBackgroundResource(R.drawable.selected_mark)
            setTextColor(context.getColor(android.R.color.white))
            gravity = Gravity.CENTER
            importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
        }
        val side = cell / 4
        addView(mark, FrameLayout.LayoutParams(side, side, Gravity.TOP or Gravity.END))
    }

    private fun show(picture: GalleryModel.Picture?, cell: FrameLayout) {
        cell.visibility = if (picture == null) View.INVISIBLE else View.VISIBLE
        if (picture == null) return
        val selected = isSelected(picture.key)
        showThumbnail(picture.key, cell.getChildAt(0) as ImageView)
        cell.getChildAt(0).alpha = if (selected) 0.6f else 1f
        cell.getChildAt(1).visibility = if (selected) View.VISIBLE else View.GONE
        val name = names.ofClass(picture.className)
        val percent = Math.round(picture.confidence * 100)
        cell.contentDescription = when {
            picture.isKept -> context.getString(R.string.picture_kept)
            selected -> context.getString(R.string.picture_selected, name, percent)
            else -> context.getString(R.string.picture, name, percent)
        }
        cell.isClickable = true
        cell.setOnClickListener { onClick(picture.key) }
    }
}
