import Foundation

/// A picture to scan.
public enum ScanItem: Sendable, Hashable {
    /// A file.
    case file(URL)
    /// An encoded file in memory.
    case data(Data)
    /// Something that an ``ItemOpener`` opens when its turn comes: a `PHAsset` by its local identifier,
    /// for instance. While `size` and `modified` (in any unit) stay the same, so does the verdict in the
    /// store.
    case platform(key: String, size: UInt64, modified: Int64)

    /// What a ``Store`` knows the item by; `nil` for data, which is known by its content alone.
    public var key: String? {
        switch self {
        case .file(let url): url.path
        case .data: nil
        case .platform(let key, _, _): key
        }
    }
}

/// What an ``ItemOpener`` found.
public enum OpenedItem: Sendable {
    /// A file.
    case file(URL)
    /// An open file, read from its current position to its end. The scan takes the descriptor over
    /// and closes it.
    case fileDescriptor(Int32)
    /// An encoded file in memory.
    case data(Data)
    /// Pixels that the platform decoded; a few hundred on a side are enough.
    case pixels(Data, PixelLayout)
}

/// Opens platform items.
public protocol ItemOpener: Sendable {
    /// Called on worker threads, only for what the store does not know. Whatever it throws counts as a
    /// file that cannot be read now.
    func open(_ key: String) throws -> OpenedItem
}

/// How a scan runs.
public struct ScanOptions: Sendable {
    /// Worker threads; 0 for one per core.
    public var jobs: Int
    /// Where verdicts are looked up and kept; `nil` to classify everything anew.
    public var store: Store?
    /// Opens ``ScanItem/platform(key:size:modified:)`` items.
    public var opener: (any ItemOpener)?
    /// Pauses and resumes the scan; cancelling it ends the stream early with ``ScanEvent/finished(_:)``.
    public var control: ScanControl
    /// Least seconds between two batches of results.
    public var interval: TimeInterval

    public init(
        jobs: Int = 0,
        store: Store? = nil,
        opener: (any ItemOpener)? = nil,
        control: ScanControl = ScanControl(),
        interval: TimeInterval = 0.1
    ) {
        self.jobs = jobs
        self.store = store
        self.opener = opener
        self.control = control
        self.interval = interval
    }
}

/// What a scan reports.
public enum ScanEvent: Sendable, Hashable {
    /// New results, never none, in the order of the items; `done` of `total` items are reported.
    case progress(results: [ScanResult], done: Int, total: Int)
    /// The end.
    case finished(ScanSummary)
}

/// The outcome for one item.
public struct ScanResult: Sendable, Hashable {
    /// Position among the items.
    public let index: Int
    /// The item.
    public let item: ScanItem
    /// The verdict, or why there is none.
    public let outcome: ScanOutcome

    /// The group to treat the picture as; `nil` where there is no verdict.
    public var group: String? {
        switch outcome {
        case .classified(let verdict, let correction, _): correction ?? verdict.group
        case .failed: nil
        }
    }
}

/// What became of an item.
public enum ScanOutcome: Sendable, Hashable {
    /// It has a verdict. `correction` is the group that the user gave this picture and stands above the
    /// verdict; `isFromStore`: the verdict was known and nothing was classified.
    case classified(Verdict, correction: String?, isFromStore: Bool)
    /// It has none. `kind` is a stable lower-case word, `message` for developers, in English.
    case failed(kind: String, message: String)
}

/// Counts at the end of a scan.
public struct ScanSummary: Sendable, Hashable {
    /// Items with a verdict.
    public let classified: Int
    /// Those of them whose verdict came from the store.
    public let fromStore: Int
    /// Items with an error.
    public let failed: Int
    /// Whether the scan was cancelled before its last item.
    public let isCancelled: Bool
    /// The first error of the store, if any: the items it concerned were classified without it.
    public let storeError: String?
}
