package org.epicclassifier

import kotlin.test.Test
import kotlin.test.assertTrue

class QuickStartTest {
    @Test
    fun `the quick start of the documentation is what compiles here`() {
        val source = Fixtures.file(SOURCE).readText()
        val function = source.substring(source.indexOf("suspend fun"))
        assertTrue(function.lines().size > 5)
        assertTrue(function in Fixtures.file("docs/android.md").readText())
    }

    private companion object {
        const val SOURCE = "android/library/src/test/kotlin/org/epicclassifier/QuickStart.kt"
    }
}
