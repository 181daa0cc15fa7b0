package org.epicclassifier

import java.io.File
import java.nio.ByteBuffer
import org.epicclassifier.internal.DirectPixels

/**
 * What crossing the border costs: `bash tests/bench/kotlin.sh`. Arguments: the program `epic-bench`, and
 * rounds. Prints Markdown.
 */
internal object CallOverhead {
    private const val WIDTH = 4000
    private const val HEIGHT = 3000

    @JvmStatic
    fun main(arguments: Array<String>) {
        val rounds = arguments[1].toInt()
        val photo = File.createTempFile("epic", ".jpg")
        try {
            photo.writeBytes(Fixtures.picture(1, WIDTH, HEIGHT, "jpg"))
            withEpic { epic ->
                println("| call | ms | beside | ms | ratio of medians |")
                println("| --- | --- | --- | --- | --- |")
                compareWithRust(epic, photo, arguments[0], rounds)
                comparePixels(epic, rounds)
            }
        } finally {
            photo.delete()
        }
    }

    private fun compareWithRust(epic: Epic, photo: File, program: String, rounds: Int) {
        val pack = Fixtures.file("models/packs/transfer-epic10").path
        val rust = ProcessBuilder(program).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val (requests, answers) = rust.outputWriter() to rust.inputReader()
        val kotlinTimes = mutableListOf<Double>()
        val rustTimes = mutableListOf<Double>()
        repeat(rounds + WARM_UP) { round ->
            val kotlin = millis { epic.classifyBlocking(ImageSource.Path(photo)) }
            requests.apply { write("classify\t$pack\t${photo.path}\n") }.flush()
            val answer = org.json.JSONObject(answers.readLine())
            if (round >= WARM_UP) {
                kotlinTimes += kotlin
                rustTimes += answer.getDouble("ms")
            }
        }
        rust.outputStream.close()
        rust.waitFor()
        row("Kotlin, 12 MP JPEG by path", kotlinTimes, "Rust, the same", rustTimes)
    }

    /** Layouts that are refused at once: what is left is the way there and back. */
    private fun comparePixels(epic: Epic, rounds: Int) {
        val buffer = ByteBuffer.allocateDirect(WIDTH * HEIGHT * 4)
        val refused = PixelLayout(WIDTH, HEIGHT, stride = 1)
        val locked = DirectPixels(buffer, refused)
        val direct = ImageSource.Pixels(buffer, refused)
        val copied = listOf(ScanItem.Bytes(ByteArray(WIDTH * HEIGHT * 4)))
        val empty = listOf(ScanItem.Bytes(ByteArray(1)))
        val times = List(4) { mutableListOf<Double>() }
        repeat(rounds + WARM_UP) { round ->
            val taken = listOf(
                millis { refusal { epic.classifyBlocking(locked) } },
                millis { refusal { epic.classifyBlocking(direct) } },
                millis { epic.scanBlocking(copied) {} },
                millis { epic.scanBlocking(empty) {} },
            )
            if (round >= WARM_UP) times.zip(taken) { list, time -> list += time }
        }
        val (inPlace, byJna, vector, alone) = times
        val copying = listOf(median(vector) - median(alone))
        row("48 MB of pixels, JNI in place", inPlace, "as `Vec<u8>`, two copies", copying)
        row("48 MB of pixels, JNA `&[u8]`", byJna, "as `Vec<u8>`, two copies", copying)
    }

    private fun refusal(call: () -> Unit) {
        check(runCatching(call).exceptionOrNull() is EpicException.InvalidArgument)
    }

    private inline fun millis(work: () -> Unit): Double {
        val start = System.nanoTime()
        work()
        return (System.nanoTime() - start) / 1e6
    }

    private fun median(times: List<Double>) = times.sorted()[times.size / 2]

    private fun row(name: String, ours: List<Double>, peer: String, theirs: List<Double>) {
        val (a, b) = median(ours) to median(theirs)
        println("| %s | %.3f | %s | %.3f | %.4f |".format(name, a, peer, b, a / b))
    }

    private const val WARM_UP = 20
}
