package org.epicclassifier

import java.io.File
import java.nio.file.Path
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.system.measureTimeMillis
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.io.TempDir

class ScanTest {
    private val pictures = (0 until 24).map { ScanItem.Bytes(Fixtures.picture(it)) }

    @Test
    fun `a flow gives every result in order and then the counts`() = withEpic { epic ->
        val items = pictures + ScanItem.Bytes(byteArrayOf(1)) + ScanItem.Path(File("missing.jpg"))
        val events = runBlocking { epic.scan(items).toList() }
        val results = events.filterIsInstance<ScanEvent.Progress>().flatMap { it.results }
        assertEquals(items.indices.toList(), results.map { it.index })
        assertEquals(items, results.map { it.item })
        val summary = assertIs<ScanEvent.Finished>(events.last()).summary
        assertEquals(ScanSummary(24, 0, 2, isCancelled = false, storeError = null), summary)
        assertEquals(
            listOf("unknown_format", "io"),
            results.filterIsInstance<ScanResult.Failed>().map { it.kind },
        )
        for ((item, result) in pictures zip results) {
            val verdict = epic.classifyBlocking(ImageSource.Bytes(item.bytes))
            assertEquals(verdict, assertIs<ScanResult.Classified>(result).verdict)
        }
    }

    @Test
    fun `results come in batches, ten a second at most`() = withEpic { epic ->
        val slow = ItemOpener { key ->
            Thread.sleep(3)
            OpenedItem.Bytes(Fixtures.picture(key.length))
        }
        val times = mutableListOf<Long>()
        val batches = mutableListOf<Int>()
        epic.scanBlocking((0 until 300).map(::platformItem), ScanOptions(2, opener = slow)) { event ->
            if (event is ScanEvent.Progress) {
                times += System.nanoTime()
                batches += event.results.size
            }
        }
        assertEquals(300, batches.sum())
        // The last batch comes when the scan ends, however soon that is.
        val gaps = times.zipWithNext { a, b -> (b - a) / 1e6 }.dropLast(1)
        assertTrue(gaps.isNotEmpty() && gaps.all { it >= 95 }, "$gaps")
    }

    @Test
    fun `a cancelled collector ends the scan in less than a tenth of a second`() = withEpic { epic ->
        // What else the machine does only adds to the time: the fastest of several tells.
        val millis = (1..5).map {
            val opened = AtomicInteger()
            val slow = ItemOpener {
                opened.incrementAndGet()
                Thread.sleep(700)
                OpenedItem.Bytes(Fixtures.picture(1))
            }
            val options = ScanOptions(jobs = 2, opener = slow)
            val taken = runBlocking {
                val collector = launch { epic.scan((0 until 50).map(::platformItem), options).collect() }
                while (opened.get() == 0) delay(5)
                measureTimeMillis { collector.cancelAndJoin() }
            }
            assertTrue(options.control.isCancelled)
            Thread.sleep(800)
            assertTrue(opened.get() <= 2, "${opened.get()} items were begun")
            taken
        }
        assertTrue(millis.min() < 100, "$millis ms")
    }

    @Test
    fun `a scan of big pictures is cancelled as fast`() = withEpic { epic ->
        val big = ScanItem.Bytes(Fixtures.picture(1, 5000, 4000, "jpg"))
        val control = ScanControl()
        val started = CountDownLatch(1)
        var cancelledAt = 0L
        thread {
            started.await()
            Thread.sleep(60)
            cancelledAt = System.nanoTime()
            control.cancel()
        }
        val options = ScanOptions(control = control, intervalMillis = 0)
        val summary = epic.scanBlocking(List(400) { big }, options) { started.countDown() }
        val millis = (System.nanoTime() - cancelledAt) / 1e6
        assertTrue(summary.isCancelled && summary.classified < 400)
        assertTrue(millis < 100, "$millis ms")
    }

    @Test
    fun `a paused scan waits and goes on`() = withEpic { epic ->
        val control = ScanControl()
        val seen = AtomicInteger()
        val options = ScanOptions(jobs = 1, control = control, intervalMillis = 0)
        val many = List(60) { pictures[it % pictures.size] }
        val scan = thread {
            epic.scanBlocking(many, options) { event ->
                if (event is ScanEvent.Progress && seen.addAndGet(event.results.size) >= 5) {
                    if (seen.get() < 20) control.pause()
                }
            }
        }
        while (!control.isPaused) Thread.sleep(2)
        Thread.sleep(150)
        val atRest = seen.get()
        Thread.sleep(150)
        assertEquals(atRest, seen.get())
        assertTrue(atRest < 60)
        while (scan.isAlive) {
            control.resume()
            Thread.sleep(5)
        }
        assertEquals(60, seen.get())
    }

    @Test
    fun `what a listener throws ends the scan and reaches the caller`() = withEpic { epic ->
        val error = assertFailsWith<IllegalStateException> {
            epic.scanBlocking(pictures, ScanOptions(intervalMillis = 0)) { error("my own mistake") }
        }
        assertEquals("my own mistake", error.message)
        assertFailsWith<StackOverflowError> {
            epic.scanBlocking(pictures) { throw StackOverflowError() }
        }
    }

    @Test
    fun `an opener that throws an error costs its own item only`() = withEpic { epic ->
        val opener = ItemOpener { key ->
            if (key.endsWith("1")) throw NoSuchMethodError() else OpenedItem.Bytes(pictures[0].bytes)
        }
        val items = (0 until 3).map(::platformItem)
        val summary = epic.scanBlocking(items, ScanOptions(opener = opener)) {}
        assertEquals(ScanSummary(2, 0, 1, isCancelled = false, storeError = null), summary)
    }

    @Test
    fun `openers hand in files, bytes and pixels, and may fail`() = withEpic { epic ->
        val encoded = Fixtures.picture(5)
        val opener = ItemOpener { key ->
            when (key.last()) {
                '0' -> OpenedItem.Path(Fixtures.photo)
                '1' -> OpenedItem.Bytes(encoded)
                '2' -> Fixtures.rgba(encoded).let { (data, layout) -> OpenedItem.Pixels(data, layout) }
                else -> throw java.io.FileNotFoundException(key)
            }
        }
        val items = (0 until 4).map(::platformItem)
        val results = mutableListOf<ScanResult>()
        epic.scanBlocking(items, ScanOptions(opener = opener)) {
            if (it is ScanEvent.Progress) results += it.results
        }
        val verdicts = results.take(3).map { assertIs<ScanResult.Classified>(it).verdict }
        assertEquals(epic.classifyBlocking(ImageSource.Path(Fixtures.photo)), verdicts[0])
        assertEquals(verdicts[1], verdicts[2])
        assertEquals("io", assertIs<ScanResult.Failed>(results[3]).kind)
        assertFailsWith<EpicException.InvalidArgument> { epic.scanBlocking(items) {} }
    }

    @Test
    fun `eight threads at once get the verdicts of one`() = withEpic { epic ->
        val expected = pictures.map { epic.classifyBlocking(ImageSource.Bytes(it.bytes)) }
        val wrong = AtomicInteger()
        val threads = (0 until 8).map { number ->
            thread {
                repeat(3 * pictures.size) { turn ->
                    val at = (turn + number * 5) % pictures.size
                    val source = ImageSource.Bytes(pictures[at].bytes)
                    if (epic.classifyBlocking(source) != expected[at]) wrong.incrementAndGet()
                }
            }
        }
        threads.forEach { it.join() }
        assertEquals(0, wrong.get())
    }

    @Test
    fun `closing while a scan runs lets it end whole`() {
        val epic = Epic.openBlocking()
        val begun = CountDownLatch(1)
        var summary: ScanSummary? = null
        val scan = thread {
            summary = epic.scanBlocking(pictures, ScanOptions(1, intervalMillis = 0)) {
                begun.countDown()
            }
        }
        assertTrue(begun.await(30, TimeUnit.SECONDS))
        epic.close()
        scan.join()
        assertEquals(pictures.size, summary?.classified)
        assertFailsWith<EpicException.Closed> { epic.scanBlocking(pictures) {} }
    }

    @Test
    fun `the store answers for what has not changed, and corrections stand above verdicts`(
        @TempDir folder: Path,
    ) = withEpic { epic ->
        val opened = AtomicInteger()
        val opener = ItemOpener { key ->
            opened.incrementAndGet()
            OpenedItem.Bytes(Fixtures.picture(key.substringAfterLast('/').toInt()))
        }
        val items = (0 until 20).map(::platformItem)
        Store.open(folder.resolve("epic.db").toFile()).use { store ->
            fun scan(of: List<ScanItem>): Pair<ScanSummary, List<ScanResult.Classified>> {
                val results = mutableListOf<ScanResult>()
                val summary = epic.scanBlocking(of, ScanOptions(store = store, opener = opener)) {
                    if (it is ScanEvent.Progress) results += it.results
                }
                return summary to results.map { assertIs<ScanResult.Classified>(it) }
            }
            val (first, fresh) = scan(items)
            assertEquals(0, first.fromStore)
            assertTrue(store.correct(items[3], "personal"))
            assertTrue(!store.correct(platformItem(99), "personal"))
            val (second, known) = scan(items)
            assertEquals(20, second.fromStore)
            assertEquals(20, opened.get())
            assertEquals(fresh.map { it.verdict }, known.map { it.verdict })
            assertEquals("personal", known[3].group)
            assertEquals("personal", store.correction(items[3]))

            val changed = items.map { it.copy(modified = 2) }
            assertEquals("personal", scan(changed).second[3].correction, "the content is the same")
            assertTrue(store.uncorrect(items[3]))
            assertEquals(null, store.correction(items[3]))
            assertEquals(15, store.retain(items.take(5)))
            store.wipe()
            assertEquals(0, scan(items).first.fromStore)
        }
    }

    @Test
    fun `a file that is no store is left alone`(@TempDir folder: Path) {
        val file = folder.resolve("notes.txt").toFile().apply { writeText("my own notes ".repeat(99)) }
        val error = assertFailsWith<EpicException.Store> { Store.open(file) }
        assertEquals("not_a_store", error.kind)
        assertEquals("my own notes ".repeat(99), file.readText())
    }
}
