package org.epicclassifier

import java.io.FileDescriptor
import java.io.FileInputStream
import java.nio.ByteBuffer
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import org.epicclassifier.internal.DirectPixels

class SourcesTest {
    @Test
    fun `every way to hand in a file gives the same verdict`() = withEpic { epic ->
        val bytes = Fixtures.photo.readBytes()
        val expected = epic.classifyBlocking(ImageSource.Path(Fixtures.photo))
        assertTrue(expected.className in epic.pack.groupOfClass)
        assertEquals(epic.pack.groupOfClass.keys, expected.scores.keys)
        assertEquals(1f, expected.scores.values.sum(), 1e-4f)

        val direct = ByteBuffer.allocateDirect(bytes.size + 7).position(7).put(bytes).position(7)
        for (source in listOf(
            ImageSource.Path(Fixtures.photo.path),
            ImageSource.Bytes(bytes),
            ImageSource.Bytes(direct),
            ImageSource.Bytes(ByteBuffer.wrap(byteArrayOf(1, 2) + bytes, 2, bytes.size)),
        )) {
            assertEquals(expected, epic.classifyBlocking(source))
        }
        assertEquals(7, direct.position(), "the caller's buffer is left as it was")
    }

    @Test
    fun `a file descriptor is read from where it stands and stays open`() = withEpic { epic ->
        FileInputStream(Fixtures.photo).use { stream ->
            val source = ImageSource.FileDescriptor(stream.fd.number())
            assertEquals(
                epic.classifyBlocking(ImageSource.Path(Fixtures.photo)),
                epic.classifyBlocking(source),
            )
            stream.channel.position(0)
            assertNotNull(epic.extractMetadataBlocking(source, setOf(MetadataPart.COLORS)).colors)
        }
    }

    @Test
    fun `pixels give the file's verdict, copied or in place`() = withEpic { epic ->
        val encoded = Fixtures.picture(1)
        val expected = epic.classifyBlocking(ImageSource.Bytes(encoded))
        val (buffer, layout) = Fixtures.rgba(encoded, lead = 12)
        val heap = ByteBuffer.allocate(buffer.remaining()).put(buffer.duplicate()).flip()
        val direct = ImageSource.Pixels(buffer, layout)
        assertEquals(expected, epic.classifyBlocking(direct))
        assertEquals(expected, epic.classifyBlocking(ImageSource.Pixels(heap, layout)))
        assertEquals(expected, epic.classifyBlocking(DirectPixels(buffer, layout)))
        assertEquals(expected, epic.analyzeBlocking(direct, emptySet()).verdict)
    }

    @Test
    fun `the size of a reduction is that of its source, turned upright`() = withEpic { epic ->
        val (buffer, layout) = Fixtures.rgba(Fixtures.picture(2, 60, 40))
        val turned = layout.copy(orientation = Orientation.ROTATE_90)
        val verdict = epic.classifyBlocking(ImageSource.Pixels(buffer, turned))
        assertEquals(40 to 60, verdict.width to verdict.height)
        val reduced = layout.copy(sourceWidth = 6000, sourceHeight = 4000)
        val full = epic.classifyBlocking(ImageSource.Pixels(buffer, reduced))
        assertEquals(6000 to 4000, full.width to full.height)
    }

    @Test
    fun `analyze decodes once and gives what the single calls give`() = withEpic { epic ->
        val source = ImageSource.Bytes(Fixtures.picture(3))
        val analysis = epic.analyzeBlocking(source, setOf(MetadataPart.COLORS, MetadataPart.FACES))
        assertEquals(epic.classifyBlocking(source), analysis.verdict)
        val parts = setOf(MetadataPart.COLORS, MetadataPart.FACES)
        assertEquals(epic.extractMetadataBlocking(source, parts), analysis.metadata)
        assertEquals(null, analysis.metadata.text)
    }

    private fun FileDescriptor.number(): Int {
        val field = FileDescriptor::class.java.getDeclaredField("fd")
        field.isAccessible = true
        return field.getInt(this)
    }
}
