package org.epicclassifier.gallery

import android.content.ContentResolver
import android.content.ContentUris
import android.net.Uri
import android.provider.MediaStore
import java.io.FileNotFoundException
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlinx.coroutines.runBlocking
import org.epicclassifier.Epic
import org.epicclassifier.MetadataPart
import org.epicclassifier.android.analyze
import org.epicclassifier.android.classify
import org.epicclassifier.android.extractMetadata
import org.epicclassifier.android.openBlocking
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [32], shadows = [DetachableDescriptor::class])
class UriSourcesTest {
    private val resolver: ContentResolver = RuntimeEnvironment.getApplication().contentResolver
    private val colors = setOf(MetadataPart.COLORS)

    @Before
    fun pictures() = FakeMediaStore.install()

    @Test
    fun `a content URI is classified, and its metadata read`() = withEpic { epic ->
        val verdict = epic.classify(resolver, uri(0))
        val metadata = epic.extractMetadata(resolver, uri(0), colors)
        assertNotNull(metadata.colors)
        assertNull(metadata.text)

        val both = epic.analyze(resolver, uri(0), colors)
        assertEquals(verdict.className, both.verdict.className)
        assertEquals(metadata.colors, both.metadata.colors)
    }

    @Test
    fun `a picture that is gone is the platform's own error`() = withEpic { epic ->
        FakeMediaStore.delete(1)
        assertFailsWith<FileNotFoundException> { epic.classify(resolver, uri(1)) }
        assertFailsWith<FileNotFoundException> { epic.extractMetadata(resolver, uri(1)) }
        assertFailsWith<FileNotFoundException> { epic.analyze(resolver, uri(1)) }
        Unit
    }

    private fun withEpic(body: suspend (Epic) -> Unit) =
        Epic.openBlocking(RuntimeEnvironment.getApplication()).use { runBlocking { body(it) } }

    private fun uri(id: Long): Uri =
        ContentUris.withAppendedId(MediaStore.Images.Media.EXTERNAL_CONTENT_URI, id)
}
