package org.epicclassifier.android

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import android.provider.MediaStore
import android.util.Log
import java.util.concurrent.ConcurrentHashMap
import kotlin.concurrent.thread
import org.epicclassifier.Epic
import org.epicclassifier.ScanControl
import org.epicclassifier.ScanEvent
import org.epicclassifier.Store

/**
 * Scans the phone's pictures in the background, while the phone is charging and idle by default. When
 * the system stops the job, or the process dies, the next run goes on where it was: everything that
 * was classified is in the store.
 *
 * Subclass it to hear of results, declare it in the manifest (the library's own is declared already) and
 * [schedule] it at every start of the app.
 */
public open class ScanJobService : JobService() {
    /** Worker threads of a background scan: one, so that the phone stays cool. */
    protected open val jobs: Int get() = 1

    /** Results as they come, on the scan's thread. */
    protected open fun onScanEvent(event: ScanEvent) {}

    /** What the scan opens, on its thread, and closes when it ends: an engine of its own. */
    protected open fun openEpic(): Epic = Epic.openBlocking(this)

    /**
     * A scan failed as a whole: no permission, a pack that cannot be used. Called on its thread; the
     * system tries again later, and less and less often.
     */
    protected open fun onScanFailed(error: Throwable) {
        Log.w(LOG_TAG, "the background scan failed: ${error.javaClass.simpleName}")
    }

    override fun onStartJob(parameters: JobParameters): Boolean {
        val control = ScanControl()
        running[parameters.jobId] = control
        thread(name = "epic-scan", isDaemon = true) {
            val isWhole = runCatching { scan(control) }.onFailure(::onScanFailed).getOrDefault(false)
            // After `onStopJob` the system knows already whether to come again.
            if (running.remove(parameters.jobId, control) && !control.isCancelled) {
                // A job that waits for changes runs once. Its successor comes first, or changes
                // in between would be lost.
                if (isWhole) {
                    scheduler(this).schedule(job(this, javaClass, parameters.jobId, isFollowUp = true))
                }
                jobFinished(parameters, !isWhole)
            }
        }
        return true
    }

    /** Ends the scan; the job is to be run again. */
    override fun onStopJob(parameters: JobParameters): Boolean {
        running.remove(parameters.jobId)?.cancel()
        return true
    }

    private fun scan(control: ScanControl): Boolean {
        val items = MediaStoreItems(contentResolver)
        return openEpic().use { epic ->
            Store.open(this).use { store ->
                val scan = GalleryScan(epic, store, items::query, items, items.seesEverything(this))
                val summary = scan.run(control, jobs) { event -> onScanEvent(event) }
                !summary.isCancelled && summary.storeError == null
            }
        }
    }

    public companion object {
        private val running = ConcurrentHashMap<Int, ScanControl>()
        private const val LOG_TAG = "epic"

        /** Lets running scans begin no further picture until [resume]: while the app is in use, say. */
        @JvmStatic
        public fun pause(): Unit = running.values.forEach { it.pause() }

        /** Ends a pause. */
        @JvmStatic
        public fun resume(): Unit = running.values.forEach { it.resume() }

        /** The job's number, where the app gives no other. */
        public const val DEFAULT_JOB_ID: Int = 0x4550

        /**
         * Schedules a scan for when the phone charges and rests, and again whenever pictures change.
         * A restart of the phone forgets it: call this at every start of the app. What is scheduled
         * or runs already is left alone.
         *
         * @return whether it is scheduled
         */
        @JvmStatic
        @JvmOverloads
        public fun schedule(
            context: Context,
            service: Class<out ScanJobService> = ScanJobService::class.java,
            jobId: Int = DEFAULT_JOB_ID,
        ): Boolean {
            if (scheduler(context).getPendingJob(jobId) != null) return true
            val job = job(context, service, jobId, isFollowUp = false)
            return scheduler(context).schedule(job) == JobScheduler.RESULT_SUCCESS
        }

        /** The first job takes what is there, a follow-up waits until pictures change. */
        private fun job(
            context: Context,
            service: Class<out ScanJobService>,
            jobId: Int,
            isFollowUp: Boolean,
        ): JobInfo {
            val job = JobInfo.Builder(jobId, ComponentName(context, service))
                .setRequiresCharging(true)
                .setRequiresDeviceIdle(true)
            if (isFollowUp) {
                val pictures = JobInfo.TriggerContentUri(
                    MediaStore.Images.Media.EXTERNAL_CONTENT_URI,
                    JobInfo.TriggerContentUri.FLAG_NOTIFY_FOR_DESCENDANTS,
                )
                job.addTriggerContentUri(pictures).setTriggerContentMaxDelay(MAX_DELAY_MILLIS)
            }
            return job.build()
        }

        /** Takes a scheduled scan back, and stops a running one. */
        @JvmStatic
        @JvmOverloads
        public fun cancel(context: Context, jobId: Int = DEFAULT_JOB_ID) {
            running.remove(jobId)?.cancel()
            scheduler(context).cancel(jobId)
        }

        private fun scheduler(context: Context): JobScheduler =
            context.getSystemService(Context.JOB_SCHEDULER_SERVICE) as JobScheduler

        private const val MAX_DELAY_MILLIS = 15L * 60 * 1000
    }
}
