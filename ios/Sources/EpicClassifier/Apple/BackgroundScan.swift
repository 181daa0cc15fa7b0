#if canImport(BackgroundTasks) && !os(macOS)
    import BackgroundTasks
    import Foundation

    /// Scans the library while the phone charges and rests. When the system ends the task, or the process
    /// dies, the next one goes on where it was: everything that was classified is in the store.
    ///
    /// Name the identifier in `Info.plist` under `BGTaskSchedulerPermittedIdentifiers`, with the background
    /// mode `processing`.
    public enum BackgroundScan {
        /// Registers the task; to be called before the app has finished launching.
        ///
        /// - Parameter scan: builds the pass to run; called when the task begins.
        /// - Returns: whether the identifier is permitted.
        @discardableResult
        public static func register(
            identifier: String, scan: @escaping @Sendable () async throws -> GalleryScan
        ) -> Bool {
            BGTaskScheduler.shared.register(forTaskWithIdentifier: identifier, using: nil) { task in
                run(task, scan)
            }
        }

        /// Asks for a run, in place of one that is asked for already.
        ///
        /// - Parameter earliest: not before this time.
        public static func schedule(identifier: String, earliest: Date? = nil) throws {
            let request = BGProcessingTaskRequest(identifier: identifier)
            request.requiresExternalPower = true
            request.requiresNetworkConnectivity = false
            request.earliestBeginDate = earliest
            try BGTaskScheduler.shared.submit(request)
        }

        private static func run(
            _ task: BGTask, _ scan: @escaping @Sendable () async throws -> GalleryScan
        ) {
            let handed = HandedTask(task: task)
            let work = Task {
                // One thread, so that the phone stays cool.
                let summary = try? await scan().run(jobs: 1)
                handed.task.setTaskCompleted(success: summary.map { !$0.isCancelled } ?? false)
            }
            task.expirationHandler = { work.cancel() }
        }
    }

    // The system hands it over for good, and it may be completed on any thread.
    private struct HandedTask: @unchecked Sendable {
        let task: BGTask
    }
#endif
