package org.epicclassifier.gallery

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.content.Context
import android.os.Parcel
import android.provider.MediaStore
import java.util.Collections
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.epicclassifier.Epic
import org.epicclassifier.ScanEvent
import org.epicclassifier.ScanResult
import org.epicclassifier.ScanSummary
import org.epicclassifier.android.ScanJobService
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [32], shadows = [DetachableDescriptor::class])
class BackgroundScanTest {
    private val context: Context = RuntimeEnvironment.getApplication()
    private val pending: List<JobInfo>
        get() = (context.getSystemService(Context.JOB_SCHEDULER_SERVICE) as JobScheduler).allPendingJobs

    @Before
    fun pictures() = FakeMediaStore.install()

    @Test
    fun `the first scan waits for a charger and rest, not for new pictures`() {
        assertTrue(ScanJobService.schedule(context))
        val job = pending.single()
        assertTrue(job.isRequireCharging && job.isRequireDeviceIdle)
        assertNull(job.triggerContentUris)
        assertEquals(ScanJobService::class.java.name, job.service.className)
        ScanJobService.cancel(context)
        assertTrue(pending.isEmpty())
    }

    @Test
    fun `a run fills the store, and the next one waits for new pictures`() {
        val service = service()
        assertTrue(service.onStartJob(parameters()))
        service.awaitEnd()
        assertFalse(shadowOf(service).isRescheduleNeeded)
        assertEquals(FakeMediaStore.PICTURES, service.results.count { it is ScanResult.Classified })
        val followUp = pending.single()
        assertEquals(TestScan::class.java.name, followUp.service.className)
        assertEquals(MediaStore.Images.Media.EXTERNAL_CONTENT_URI, followUp.triggerContentUris?.single()?.uri)

        // Its turn comes: everything is known.
        val next = service()
        next.onStartJob(parameters())
        next.awaitEnd()
        assertEquals(FakeMediaStore.PICTURES, next.results.count { (it as ScanResult.Classified).isFromStore })
    }

    @Test
    fun `the system stops a run, and the next one takes up the rest`() {
        val service = service()
        service.onFirstResults = { assertTrue(service.onStopJob(parameters())) }
        service.onStartJob(parameters())
        service.awaitSummary()
        assertTrue(checkNotNull(service.summary).isCancelled)
        assertFalse(shadowOf(service).isJobFinished, "the system knows already")
        assertTrue(pending.isEmpty(), "the system keeps the job itself")

        val next = service()
        next.onStartJob(parameters())
        next.awaitEnd()
        val (known, new) = next.results.partition { (it as ScanResult.Classified).isFromStore }
        assertTrue(known.size >= service.results.size, "${known.size} known")
        assertTrue(new.isNotEmpty())
        assertEquals(FakeMediaStore.PICTURES, known.size + new.size)
    }

    @Test
    fun `a pause holds a run`() {
        val service = service()
        service.onOpen = { ScanJobService.pause() }
        service.onStartJob(parameters())
        Thread.sleep(500)
        assertTrue(service.results.isEmpty())
        ScanJobService.resume()
        service.awaitEnd()
        assertEquals(FakeMediaStore.PICTURES, service.results.size)
    }

    @Test
    fun `a run that cannot begin is to be tried again`() {
        val service = service()
        service.onOpen = { error("no such pack") }
        service.onStartJob(parameters())
        service.awaitEnd()
        assertEquals("no such pack", service.failure?.message)
        assertTrue(shadowOf(service).isRescheduleNeeded)
        assertTrue(pending.isEmpty())
    }

    private fun service(): TestScan = Robolectric.buildService(TestScan::class.java).create().get()

    /** What the system hands over, for job 0. An app can only unpack one. */
    private fun parameters(): JobParameters = JobParameters.CREATOR.createFromParcel(Parcel.obtain())

    private fun TestScan.awaitEnd() = await { shadowOf(this).isJobFinished }

    private fun TestScan.awaitSummary() = await { summary != null }

    private fun await(condition: () -> Boolean) {
        val until = System.nanoTime() + 60_000_000_000
        while (!condition()) {
            assertTrue(System.nanoTime() < until, "the scan takes too long")
            Thread.sleep(10)
        }
    }
}

/** A background scan that tells what it does. */
class TestScan : ScanJobService() {
    val results: MutableList<ScanResult> = Collections.synchronizedList(mutableListOf())
    var onOpen: () -> Unit = {}
    var onFirstResults: () -> Unit = {}

    @Volatile
    var summary: ScanSummary? = null

    @Volatile
    var failure: Throwable? = null

    override fun openEpic(): Epic {
        onOpen()
        return super.openEpic()
    }

    override fun onScanEvent(event: ScanEvent) {
        when (event) {
            is ScanEvent.Progress -> {
                val isFirst = results.isEmpty()
                results += event.results
                if (isFirst) onFirstResults()
            }
            is ScanEvent.Finished -> summary = event.summary
        }
    }

    override fun onScanFailed(error: Throwable) {
        failure = error
    }
}
