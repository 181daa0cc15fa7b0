package org.epicclassifier

import java.io.File
import java.nio.ByteBuffer
import java.nio.file.Path
import java.util.Collections
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import org.epicclassifier.internal.ffi.provokePanic
import org.epicclassifier.internal.guarded
import org.junit.jupiter.api.io.TempDir

class ErrorsTest {
    @Test
    fun `bad pictures fail by stage, without their names`() = withEpic { epic ->
        fun kindOf(source: ImageSource): EpicException =
            assertFailsWith<EpicException> { epic.classifyBlocking(source) }
        val missing = kindOf(ImageSource.Path("no such secret.jpg"))
        assertTrue(missing is EpicException.Read)
        assertFalse("secret" in missing.message.orEmpty())

        assertEquals("empty", kindOf(ImageSource.Bytes(ByteArray(0))).kind)
        val garbage = kindOf(ImageSource.Bytes("neither fish nor fowl".toByteArray()))
        assertTrue(garbage is EpicException.Decode)
        assertEquals("unknown_format", garbage.kind)
        val cut = Fixtures.picture(1).let { it.copyOf(it.size / 2) }
        assertTrue(kindOf(ImageSource.Bytes(cut)) is EpicException.Decode)
        val avif = byteArrayOf(0, 0, 0, 24) + "ftypavif".toByteArray() + ByteArray(12)
        assertEquals("unsupported_format", kindOf(ImageSource.Bytes(avif)).kind)

        val layout = PixelLayout(10, 10)
        val short = kindOf(ImageSource.Pixels(ByteBuffer.allocateDirect(399), layout))
        assertTrue(short is EpicException.InvalidArgument)
        assertTrue(kindOf(ImageSource.FileDescriptor(-1)) is EpicException.InvalidArgument)
        assertTrue(kindOf(ImageSource.FileDescriptor(987_654)) is EpicException.Read)
    }

    @Test
    fun `a picture beyond the limit is refused by its header`() =
        withEpic(EpicOptions(maxPixels = 1000)) { epic ->
            val source = ImageSource.Bytes(Fixtures.picture(1, 100, 100))
            val error = assertFailsWith<EpicException.Limit> { epic.classifyBlocking(source) }
            assertEquals("too_many_pixels", error.kind)
        }

    @Test
    fun `a damaged pack says that a fresh copy would help`(@TempDir folder: Path) {
        val original = Fixtures.file("models/packs/transfer-epic10")
        val copy = folder.resolve("pack").toFile()
        original.copyRecursively(copy)
        withEpic(EpicOptions(pack = PackSource.Path(copy))) { fromFolder ->
            withEpic { builtIn -> assertEquals(builtIn.pack, fromFolder.pack) }
        }
        val network = copy.resolve("model.onnx")
        network.writeBytes(network.readBytes().also { it[1000] = (it[1000] + 1).toByte() })
        val damaged = assertFailsWith<EpicException.Pack> {
            Epic.openBlocking(EpicOptions(pack = PackSource.Path(copy)))
        }
        assertTrue(damaged.isCorrupt)
        assertEquals("checksum", damaged.kind)

        val nowhere = EpicOptions(pack = PackSource.Path(File("no such folder")))
        assertFalse(assertFailsWith<EpicException.Pack> { Epic.openBlocking(nowhere) }.isCorrupt)
        val zip = EpicOptions(pack = PackSource.Zip(byteArrayOf(1, 2, 3)))
        assertTrue(assertFailsWith<EpicException.Pack> { Epic.openBlocking(zip) }.isCorrupt)
    }

    @Test
    fun `missing weights are told when a part needs them`(@TempDir folder: Path) {
        val manifest = Fixtures.file("models/metadata/manifest.json")
        manifest.copyTo(folder.resolve("manifest.json").toFile())
        val options = EpicOptions(weights = WeightsSource.Path(folder.toFile()))
        withEpic(options) { epic ->
            assertFailsWith<EpicException.Weights> {
                epic.warmUpBlocking(setOf(MetadataPart.FACES))
            }
            val colors = setOf(MetadataPart.COLORS)
            epic.extractMetadataBlocking(ImageSource.Bytes(Fixtures.picture(1)), colors)
        }
    }

    @Test
    fun `a panic is an error, and the process goes on`() {
        repeat(3) {
            val error = assertFailsWith<EpicException.Internal> { guarded { provokePanic() } }
            assertEquals("internal", error.kind)
        }
        withEpic { it.classifyBlocking(ImageSource.Bytes(Fixtures.picture(1))) }
    }

    @Test
    fun `a closed engine says so`() {
        val epic = Epic.openBlocking()
        epic.close()
        epic.close()
        assertFailsWith<EpicException.Closed> {
            epic.classifyBlocking(ImageSource.Bytes(Fixtures.picture(1)))
        }
    }

    @Test
    fun `log lines come in and hold no path`() {
        val lines = Collections.synchronizedList(mutableListOf<String>())
        Epic.setLogSink(LogLevel.DEBUG) { level, target, message -> lines += "$level $target $message" }
        withEpic { epic ->
            runCatching { epic.classifyBlocking(ImageSource.Path("/no/such/secret.jpg")) }
            assertTrue(lines.any { it.startsWith("INFO epic") && epic.pack.id in it }, "$lines")
        }
        assertTrue(lines.none { "secret" in it })
        Epic.setLogSink(LogLevel.ERROR) { _, _, _ -> error("a sink that fails disturbs nobody") }
    }
}
