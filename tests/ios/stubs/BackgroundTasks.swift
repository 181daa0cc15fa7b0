import Foundation

public class BGTask {
    init() {}
    public var expirationHandler: (() -> Void)?
    public func setTaskCompleted(success: Bool) {}
}

public class BGTaskRequest {
    init() {}
    public var earliestBeginDate: Date?
}

public final class BGProcessingTaskRequest: BGTaskRequest {
    public init(identifier: String) {}
    public var requiresNetworkConnectivity = false
    public var requiresExternalPower = false
}

public final class BGTaskScheduler: @unchecked Sendable {
    init() {}
    public class var shared: BGTaskScheduler { BGTaskScheduler() }
    public func register(
        forTaskWithIdentifier identifier: String, using queue: AnyObject?,
        launchHandler: @escaping @Sendable (BGTask) -> Void
    ) -> Bool { false }
    public func submit(_ request: BGTaskRequest) throws {}
}
