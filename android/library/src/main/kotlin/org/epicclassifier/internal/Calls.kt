package org.epicclassifier.internal

import java.nio.ByteBuffer
import kotlin.coroutines.resumeWithException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asExecutor
import kotlinx.coroutines.suspendCancellableCoroutine
import org.epicclassifier.EpicException
import org.epicclassifier.ImageSource
import org.epicclassifier.internal.ffi.EpicException as NativeException
import org.epicclassifier.internal.ffi.InternalException
import org.epicclassifier.internal.ffi.PixelLayout as NativeLayout

/** Runs a native call and shapes what it throws. */
internal inline fun <T> guarded(call: () -> T): T =
    try {
        call()
    } catch (error: NativeException) {
        throw error.toPublic()
    } catch (error: InternalException) {
        throw EpicException.Internal("internal error: a panic was caught", error)
    } catch (error: IllegalStateException) {
        // What generated objects throw once they are destroyed.
        throw if (error.message?.contains("destroyed") == true) EpicException.Closed() else error
    }

/**
 * Runs code of the app that native code calls. Whatever it throws comes out as an exception: the
 * generated code lets an [Error] pass, which native code would take for success.
 */
internal inline fun <T> callback(body: () -> T): T =
    try {
        body()
    } catch (error: Exception) {
        throw error
    } catch (error: Throwable) {
        throw IllegalStateException(error)
    }

/**
 * Runs blocking work on a thread of [Dispatchers.IO]. A cancelled caller does not wait for it: the work
 * is finished and its result dropped.
 */
internal suspend fun <T> abandoning(work: () -> T): T = suspendCancellableCoroutine { caller ->
    Dispatchers.IO.asExecutor().execute {
        if (caller.isActive) {
            runCatching(work).fold(
                // A result that comes too late and holds memory is closed.
                { result -> caller.resume(result) { _, late, _ -> (late as? AutoCloseable)?.close() } },
                caller::resumeWithException,
            )
        }
    }
}

/** Hands a source to the native call of its kind. */
internal inline fun <T> ImageSource.use(
    path: (String) -> T,
    descriptor: (Int) -> T,
    bytes: (ByteBuffer) -> T,
    pixels: (ByteBuffer, NativeLayout) -> T,
    locked: (ULong, NativeLayout) -> T,
): T = when (this) {
    is ImageSource.Path -> path(file.path)
    is ImageSource.FileDescriptor -> descriptor(this.descriptor)
    is ImageSource.Bytes -> bytes(buffer.direct())
    is ImageSource.Pixels -> pixels(buffer.direct(), layout.toNative())
    is ImageSource.Locked -> lock().use { locked(it.ticket, layout.toNative()) }
}

/** The rest of a buffer as a direct one whose position is 0: what the generated code can pass on. */
internal fun ByteBuffer.direct(): ByteBuffer =
    if (isDirect) {
        slice()
    } else {
        ByteBuffer.allocateDirect(remaining()).put(duplicate()).apply { flip() }
    }
