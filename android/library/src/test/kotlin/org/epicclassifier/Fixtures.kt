package org.epicclassifier

import java.awt.Color
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import java.io.File
import java.nio.ByteBuffer
import javax.imageio.ImageIO
import kotlin.random.Random
import org.json.JSONObject

/** Files of the checkout, and pictures made for a test. */
internal object Fixtures {
    private val root = File(System.getProperty("epic.root") ?: error("epic.root is set by Maven"))

    /** A file by its path in the checkout. */
    fun file(path: String): File = root.resolve(path).also { check(it.exists()) { "no $path" } }

    /** A golden of `tests/parity`. */
    fun golden(name: String): JSONObject = JSONObject(file("tests/parity/$name").readText())

    val photo: File get() = file("tests/gallery/IMG_20240127_101544.jpg")

    /** An encoded picture of blocks of colour, its own for every seed. */
    fun picture(seed: Int, width: Int = 96, height: Int = 64, format: String = "png"): ByteArray {
        val random = Random(seed)
        val image = BufferedImage(width, height, BufferedImage.TYPE_INT_RGB)
        val graphics = image.createGraphics()
        repeat(6) {
            graphics.color = Color(random.nextInt(0x1000000))
            graphics.fillRect(random.nextInt(width), random.nextInt(height), width / 3, height / 3)
        }
        graphics.dispose()
        return ByteArrayOutputStream().also { ImageIO.write(image, format, it) }.toByteArray()
    }

    /** The pixels of an encoded picture as RGBA in a direct buffer, after `lead` bytes. */
    fun rgba(encoded: ByteArray, lead: Int = 0): Pair<ByteBuffer, PixelLayout> {
        val image = ImageIO.read(encoded.inputStream())
        val buffer = ByteBuffer.allocateDirect(lead + image.width * image.height * 4)
        buffer.position(lead)
        for (y in 0 until image.height) for (x in 0 until image.width) {
            val color = Color(image.getRGB(x, y))
            listOf(color.red, color.green, color.blue, 255).forEach { buffer.put(it.toByte()) }
        }
        buffer.position(lead)
        return buffer to PixelLayout(image.width, image.height)
    }
}

/** An engine that is closed after the test. */
internal fun withEpic(options: EpicOptions = EpicOptions(), body: (Epic) -> Unit) {
    Epic.openBlocking(options).use(body)
}

/** An item of a platform's gallery. */
internal fun platformItem(key: Int): ScanItem.Platform =
    ScanItem.Platform("content://pictures/$key", size = 1000L + key, modified = 1)
