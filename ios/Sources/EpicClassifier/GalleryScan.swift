/// One pass over a gallery with a store: what is new or changed is classified, what is gone is
/// forgotten. May be cancelled or killed at any moment; the next pass goes on where it was.
public struct GalleryScan: Sendable {
    private let epic: Epic
    private let store: Store
    private let items: @Sendable () async throws -> [ScanItem]
    private let opener: (any ItemOpener)?
    private let forgetsOthers: Bool

    /// - Parameters:
    ///   - items: what is there now.
    ///   - opener: opens platform items.
    ///   - forgetsOthers: whether the store forgets what is not among the items: only where they are
    ///     all there is, not with a limited photo library.
    public init(
        epic: Epic,
        store: Store,
        opener: (any ItemOpener)? = nil,
        forgetsOthers: Bool,
        items: @escaping @Sendable () async throws -> [ScanItem]
    ) {
        self.epic = epic
        self.store = store
        self.items = items
        self.opener = opener
        self.forgetsOthers = forgetsOthers
    }

    /// Runs the pass.
    ///
    /// - Parameters:
    ///   - control: pauses, resumes or cancels it.
    ///   - jobs: worker threads; 0 for one per core.
    ///   - onEvent: called with every event; the scan waits for it.
    @discardableResult
    public func run(
        control: ScanControl = ScanControl(),
        jobs: Int = 0,
        onEvent: @Sendable (ScanEvent) async -> Void = { _ in }
    ) async throws -> ScanSummary {
        let present = try await items()
        let options = ScanOptions(jobs: jobs, store: store, opener: opener, control: control)
        var summary: ScanSummary?
        for try await event in epic.scan(present, options: options) {
            if case .finished(let end) = event { summary = end }
            await onEvent(event)
        }
        guard let summary else { throw CancellationError() }
        if forgetsOthers && !summary.isCancelled {
            try await abandoning { [store] in _ = try store.retain(present) }
        }
        return summary
    }
}
