package org.epicclassifier

import java.io.File
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.system.measureNanoTime
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.junit.jupiter.api.io.TempDir

/** A gallery of ten thousand pictures: memory, the second pass, and a process that is killed. */
class LongScanTest {
    @Test
    fun `ten thousand pictures leave no memory behind and are known the second time`(
        @TempDir folder: Path,
    ) = withEpic { epic ->
        val items = gallery(folder.toFile(), COUNT)
        Store.open(folder.resolve("epic.db").toFile()).use { store ->
            // The first thousand warm everything up: buffers, caches, compiled code.
            epic.scanBlocking(items.take(1000)) {}
            val before = residentKilobytes()
            var summary: ScanSummary? = null
            val first = measureNanoTime {
                summary = epic.scanBlocking(items, ScanOptions(store = store)) {}
            }
            val grown = residentKilobytes() - before
            assertEquals(ScanSummary(COUNT, 0, 0, isCancelled = false, storeError = null), summary)
            val second = measureNanoTime {
                summary = epic.scanBlocking(items, ScanOptions(store = store)) {}
            }
            assertEquals(COUNT, summary?.fromStore)
            println(
                "$COUNT pictures: first pass %.1f s, second %.2f s (%.0f times as fast), grown by %d KiB"
                    .format(first / 1e9, second / 1e9, first.toDouble() / second, grown),
            )
            assertTrue(grown < 48 * 1024, "grown by $grown KiB")
        }
    }

    @Test
    fun `a killed scan is taken up where it was and loses nothing`(@TempDir folder: Path) {
        val count = 1500
        gallery(folder.resolve("pictures").toFile(), count)
        val database = folder.resolve("epic.db").toFile()
        var started = 0
        var reported = 0
        // Killed in the middle, twice; the third time it may end.
        for (until in listOf(200, 600, Int.MAX_VALUE)) {
            val process = child(folder.toFile())
            started++
            process.inputStream.bufferedReader().useLines { lines ->
                for (line in lines) {
                    val (done, fromStore) = line.split(' ').map { it.toInt() }
                    reported = done
                    if (done >= until) {
                        process.destroyForcibly().waitFor()
                        break
                    }
                    if (done == count) {
                        // What was reported before the kill was kept, but for the work of the moment.
                        assertTrue(fromStore >= 590, "$fromStore from the store")
                    }
                }
            }
            assertTrue(process.waitFor(60, TimeUnit.SECONDS))
        }
        assertEquals(3, started)
        assertEquals(count, reported)
        withEpic { epic ->
            Store.open(database).use { store ->
                val items = pictures(folder.resolve("pictures").toFile())
                val summary = epic.scanBlocking(items, ScanOptions(store = store)) {}
                assertEquals(count, summary.fromStore)
                assertEquals(null, summary.storeError)
            }
        }
    }

    private fun child(folder: File): Process {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val properties = listOf("java.library.path", "jna.library.path", "epic.root")
            .map { "-D$it=${System.getProperty(it)}" }
        val command = listOf(java) + properties +
            listOf("-cp", System.getProperty("java.class.path"), KilledScan::class.java.name, folder.path)
        return ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start()
    }

    private fun gallery(folder: File, count: Int): List<ScanItem> {
        folder.mkdirs()
        // One picture and a comment of its own in each: drawing ten thousand takes longer than
        // classifying them.
        val jpeg = Fixtures.picture(1, format = "jpg")
        for (number in 0 until count) {
            val comment = "picture %06d".format(number).toByteArray()
            val marker = byteArrayOf(-1, -2, 0, (comment.size + 2).toByte())
            folder.resolve("IMG_%06d.jpg".format(number))
                .writeBytes(jpeg.copyOf(2) + marker + comment + jpeg.copyOfRange(2, jpeg.size))
        }
        return pictures(folder)
    }

    private fun residentKilobytes(): Long {
        System.gc()
        val line = File("/proc/self/status").readLines().first { it.startsWith("VmRSS:") }
        return line.filter { it.isDigit() }.toLong()
    }

    companion object {
        private const val COUNT = 10_000

        fun pictures(folder: File): List<ScanItem> =
            folder.listFiles { file -> file.extension == "jpg" }.orEmpty().sorted()
                .map { ScanItem.Path(it) }
    }
}

/** What the killed process runs: a scan that says how far it is. */
internal object KilledScan {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val folder = File(arguments.single())
        val items = LongScanTest.pictures(folder.resolve("pictures"))
        var fromStore = 0
        Store.open(folder.resolve("epic.db")).use { store ->
            withEpic { epic ->
                epic.scanBlocking(items, ScanOptions(store = store, intervalMillis = 20)) { event ->
                    if (event is ScanEvent.Progress) {
                        fromStore += event.results.count {
                            it is ScanResult.Classified && it.isFromStore
                        }
                        println("${event.done} $fromStore")
                    }
                }
            }
        }
    }
}
