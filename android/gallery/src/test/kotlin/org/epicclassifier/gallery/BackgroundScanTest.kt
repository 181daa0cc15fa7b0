package org.epicclassifier.gallery

import android.app.job.JobInfo
import android.app.job.JobScheduler
import android.content.Context
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.epicclassifier.android.ScanJobService
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [32])
class BackgroundScanTest {
    private val context: Context = RuntimeEnvironment.getApplication()
    private val pending: List<JobInfo>
        get() = (context.getSystemService(Context.JOB_SCHEDULER_SERVICE) as JobScheduler).allPendingJobs

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
}
