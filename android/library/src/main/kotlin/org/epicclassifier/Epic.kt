package org.epicclassifier

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.trySendBlocking
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.channelFlow
import kotlinx.coroutines.launch
import org.epicclassifier.internal.ListenerRelay
import org.epicclassifier.internal.abandoning
import org.epicclassifier.internal.ffi.Engine
import org.epicclassifier.internal.ffi.setLogSink as setNativeSink
import org.epicclassifier.internal.guarded
import org.epicclassifier.internal.toNative
import org.epicclassifier.internal.toPublic
import org.epicclassifier.internal.use

/**
 * Sorts pictures into personal and irrelevant ones, on the device. One engine serves all threads;
 * close it when it is no longer needed.
 *
 * Suspending calls run on threads of [Dispatchers.IO] and return at once when their coroutine is
 * cancelled. The `…Blocking` calls are for Java and for threads of your own.
 */
public class Epic private constructor(private val engine: Engine) : AutoCloseable {

    /** What the pack says of itself. */
    public val pack: PackInfo by lazy { guarded { engine.info().toPublic() } }

    /**
     * Does now what the first picture would wait for: builds buffers, and loads the networks of
     * [parts].
     *
     * @throws EpicException.Weights if the weights of a part are missing or damaged
     */
    @JvmOverloads
    public fun warmUpBlocking(parts: Set<MetadataPart> = emptySet()): Unit =
        guarded { engine.warmUp(parts.toNative()) }

    /** As [warmUpBlocking]. */
    public suspend fun warmUp(parts: Set<MetadataPart> = emptySet()): Unit =
        abandoning { warmUpBlocking(parts) }

    /**
     * Decodes and classifies one picture.
     *
     * @throws EpicException by stage
     */
    public fun classifyBlocking(source: ImageSource): Verdict = guarded {
        source.use(
            path = engine::classifyPath,
            descriptor = engine::classifyFile,
            bytes = engine::classifyBytes,
            pixels = engine::classifyPixels,
            locked = engine::classifyLocked,
        ).toPublic()
    }

    /** As [classifyBlocking]. */
    public suspend fun classify(source: ImageSource): Verdict = abandoning { classifyBlocking(source) }

    /**
     * Decodes one picture and extracts [parts] of its metadata.
     *
     * @throws EpicException by stage
     */
    @JvmOverloads
    public fun extractMetadataBlocking(
        source: ImageSource,
        parts: Set<MetadataPart> = MetadataPart.ALL,
    ): ImageMetadata = guarded {
        val asked = parts.toNative()
        source.use(
            path = { engine.extractMetadataPath(it, asked) },
            descriptor = { engine.extractMetadataFile(it, asked) },
            bytes = { engine.extractMetadataBytes(it, asked) },
            pixels = { data, layout -> engine.extractMetadataPixels(data, layout, asked) },
            locked = { ticket, layout -> engine.extractMetadataLocked(ticket, layout, asked) },
        ).toPublic()
    }

    /** As [extractMetadataBlocking]. */
    public suspend fun extractMetadata(
        source: ImageSource,
        parts: Set<MetadataPart> = MetadataPart.ALL,
    ): ImageMetadata = abandoning { extractMetadataBlocking(source, parts) }

    /**
     * Classifies one picture and extracts [parts] of its metadata, decoding once. Metadata needs more
     * pixels than the network, so that scores can differ a little from [classifyBlocking]'s.
     *
     * @throws EpicException by stage
     */
    @JvmOverloads
    public fun analyzeBlocking(
        source: ImageSource,
        parts: Set<MetadataPart> = MetadataPart.ALL,
    ): Analysis = guarded {
        val asked = parts.toNative()
        val analysis = source.use(
            path = { engine.analyzePath(it, asked) },
            descriptor = { engine.analyzeFile(it, asked) },
            bytes = { engine.analyzeBytes(it, asked) },
            pixels = { data, layout -> engine.analyzePixels(data, layout, asked) },
            locked = { ticket, layout -> engine.analyzeLocked(ticket, layout, asked) },
        )
        Analysis(analysis.verdict.toPublic(), analysis.metadata.toPublic())
    }

    /** As [analyzeBlocking]. */
    public suspend fun analyze(
        source: ImageSource,
        parts: Set<MetadataPart> = MetadataPart.ALL,
    ): Analysis = abandoning { analyzeBlocking(source, parts) }

    /**
     * Classifies many pictures, and calls [listener] with every event on this thread. Returns when all
     * are reported, or soon after the options' control was cancelled.
     *
     * @throws EpicException.InvalidArgument for platform items without an opener
     * @throws Throwable what [listener] threw; it ends the scan
     */
    @JvmOverloads
    public fun scanBlocking(
        items: List<ScanItem>,
        options: ScanOptions = ScanOptions(),
        listener: ScanListener,
    ): ScanSummary {
        val relay = ListenerRelay(items, listener)
        val summary = try {
            guarded {
                engine.scan(
                    items.map { it.toNative() },
                    options.toNative(),
                    options.opener?.toNative(),
                    relay,
                    options.control.native,
                ).toPublic()
            }
        } catch (error: EpicException) {
            throw relay.thrown ?: error
        }
        listener.onEvent(ScanEvent.Finished(summary))
        return summary
    }

    /**
     * Classifies many pictures. Collecting the flow runs the scan; cancelling the collector ends it. A
     * slow collector slows the scan down, and no result is dropped.
     *
     * A collection that is cancelled cancels the options' [ScanControl] for good: give every collection
     * options of its own, inside of `flow { emitAll(epic.scan(…)) }` where it may be collected again.
     */
    public fun scan(items: List<ScanItem>, options: ScanOptions = ScanOptions()): Flow<ScanEvent> =
        channelFlow {
            val scan = launch(Dispatchers.IO) {
                scanBlocking(items, options) { event -> trySendBlocking(event).getOrThrow() }
            }
            try {
                scan.join()
            } catch (cancellation: CancellationException) {
                options.control.cancel()
                throw cancellation
            }
        }.buffer(BUFFERED_EVENTS)

    /** Frees the network once the calls in work are done. */
    override fun close(): Unit = engine.close()

    public companion object {
        /** Events that may wait for a slow collector before the scan does. */
        private const val BUFFERED_EVENTS = 16

        /**
         * Opens the pack and builds its network: some tens of milliseconds.
         *
         * @throws EpicException.Pack if the pack cannot be used
         */
        @JvmStatic
        @JvmOverloads
        public fun openBlocking(options: EpicOptions = EpicOptions()): Epic =
            guarded { Epic(Engine.open(options.toNative())) }

        /**
         * Sends log lines of [level] and above to [sink]; without a sink to logcat, on Android. Without a
         * call nothing is logged.
         *
         * @throws EpicException.InvalidArgument if the process has another Rust logger already
         */
        @JvmStatic
        @JvmOverloads
        public fun setLogSink(level: LogLevel, sink: LogSink? = null): Unit =
            guarded { setNativeSink(level.toNative(), sink?.toNative()) }

        /** As [openBlocking]. */
        public suspend fun open(options: EpicOptions = EpicOptions()): Epic =
            abandoning { openBlocking(options) }
    }
}

/** Follows a scan. */
public fun interface ScanListener {
    /** Called on the thread that scans. What it throws ends the scan. */
    public fun onEvent(event: ScanEvent)
}
