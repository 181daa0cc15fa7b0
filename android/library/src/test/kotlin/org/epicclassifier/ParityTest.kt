package org.epicclassifier

import kotlin.math.abs
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.json.JSONObject

/** The goldens that the Rust core is held against too. */
class ParityTest {
    @Test
    fun `metadata agrees with the goldens`() = withEpic { epic ->
        val expected = Fixtures.golden("metadata.json")
        val tolerances = Fixtures.golden("tolerances.json")
        assertTrue(expected.length() > 30)
        val differences = expected.keys().asSequence().flatMap { picture ->
            val source = ImageSource.Path(Fixtures.file(picture))
            val found = epic.extractMetadataBlocking(source).columns
            val record = expected.getJSONObject(picture)
            assertEquals(record.keySet(), found.keys)
            record.keys().asSequence().filterNot { it in FILE_COLUMNS }.mapNotNull { column ->
                val pattern = column.trimEnd { it.isDigit() } + "*"
                val tolerance = tolerances.optJSONObject(column) ?: tolerances.optJSONObject(pattern)
                val value = record.get(column).takeUnless { it == JSONObject.NULL }
                if (agree(value, found[column], tolerance)) {
                    null
                } else {
                    "$picture, $column: expected $value, found ${found[column]}"
                }
            }
        }.toList()
        assertTrue(differences.isEmpty(), differences.joinToString("\n"))
    }

    @Test
    fun `verdicts agree with the goldens`() = withEpic { epic ->
        val golden = Fixtures.golden("verdicts.json")
        assertEquals(golden.getString("pack"), epic.pack.id)
        val expected = golden.getJSONObject("verdicts")
        assertTrue(expected.length() > 30)
        for (picture in expected.keys()) {
            val verdict = epic.classifyBlocking(ImageSource.Path(Fixtures.file(picture)))
            val record = expected.getJSONObject(picture)
            assertEquals(record.getString("class"), verdict.className, picture)
            assertEquals(record.getString("group"), verdict.group, picture)
            assertEquals(record.getBoolean("abstained"), verdict.abstained, picture)
            assertEquals(record.getInt("width"), verdict.width, picture)
            assertEquals(record.getInt("height"), verdict.height, picture)
            val scores = record.getJSONObject("scores")
            for ((name, score) in verdict.scores) {
                assertEquals(scores.getDouble(name), score.toDouble(), golden.getDouble("tolerance"))
            }
        }
    }

    private fun agree(expected: Any?, found: Any?, tolerance: JSONObject?): Boolean = when {
        expected == null || found == null || tolerance == null -> when (expected) {
            is Number -> (found as? Number)?.toDouble() == expected.toDouble()
            else -> expected == found
        }
        tolerance.has("absolute") ->
            abs(expected.number() - found.number()) <= tolerance.getDouble("absolute")
        tolerance.has("channel") -> channels(expected).zip(channels(found)).all { (a, b) ->
            abs(a - b) <= tolerance.getInt("channel")
        }
        else -> {
            val bound = tolerance.getDouble("changed_characters")
            val (a, b) = expected.toString() to found.toString()
            editDistance(a, b) <= bound * maxOf(a.codePointCount(0, a.length), 50)
        }
    }

    private fun Any.number() = (this as Number).toDouble()

    private fun channels(hex: Any): List<Int> =
        hex.toString().drop(1).chunked(2).map { it.toInt(16) }

    private fun editDistance(first: String, second: String): Int {
        val (a, b) = first.codePoints().toArray() to second.codePoints().toArray()
        val row = IntArray(b.size + 1) { it }
        for (i in a.indices) {
            var diagonal = row[0]
            row[0] = i + 1
            for (j in b.indices) {
                val substituted = diagonal + if (a[i] == b[j]) 0 else 1
                diagonal = row[j + 1]
                row[j + 1] = minOf(substituted, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.size]
    }

    private companion object {
        /** Where a picture lies is the app's own business. */
        val FILE_COLUMNS = setOf("file_name", "relative_path", "class")
    }
}
