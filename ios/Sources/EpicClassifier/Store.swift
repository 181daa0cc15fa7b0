import Foundation
internal import EpicFFI

/// What is known of a gallery's pictures, in one SQLite file: verdicts, the user's corrections, and
/// pictures that failed twice. Pictures are known by keyed digests, so that the file says nothing of
/// them to others. Made to be killed at any moment.
///
/// Calls read or write the file: keep them off the main thread. The file is closed with the last reference.
public final class Store: Sendable {
    let native: EpicFFI.Store

    private init(_ native: EpicFFI.Store) { self.native = native }

    /// Opens or creates the file; its folder must exist.
    ///
    /// - Throws: ``EpicError/store(kind:message:)`` if it cannot be opened, or is no store.
    public static func open(_ url: URL) throws -> Store {
        try guarded { Store(try EpicFFI.Store.open(path: url.path)) }
    }

    /// Opens the app's store: `epic.db` in its Application Support folder, which is neither backed up nor
    /// seen by other apps. One is enough for an app.
    public static func open() throws -> Store {
        let folder = try FileManager.default.url(
            for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true
        ).appendingPathComponent("org.epicclassifier", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        #if canImport(Darwin)
            var values = URLResourceValues()
            values.isExcludedFromBackup = true
            var excluded = folder
            try excluded.setResourceValues(values)
        #endif
        return try open(folder.appendingPathComponent("epic.db"))
    }

    /// A store that is gone with its last reference.
    public static func inMemory() throws -> Store {
        try guarded { Store(try EpicFFI.Store.inMemory()) }
    }

    /// The user says to which group an item belongs: this stands above every verdict on the same content,
    /// also those of later packs.
    ///
    /// - Returns: whether the item is known (has been scanned); if not, nothing is kept.
    @discardableResult
    public func correct(_ item: ScanItem, as group: String) throws -> Bool {
        try guarded { try native.correct(key: try item.storeKey, group: group) }
    }

    /// Takes a correction back; returns whether the item is known.
    @discardableResult
    public func uncorrect(_ item: ScanItem) throws -> Bool {
        try guarded { try native.uncorrect(key: try item.storeKey) }
    }

    /// The group that the user gave an item, if any.
    public func correction(of item: ScanItem) throws -> String? {
        try guarded { try native.correction(key: try item.storeKey) }
    }

    /// Forgets the items that are not in `present`; corrections stay. Returns how many went.
    @discardableResult
    public func retain(_ present: [ScanItem]) throws -> UInt64 {
        try guarded { try native.retain(keys: present.map { try $0.storeKey }) }
    }

    /// Lets every item in quarantine be tried again; returns how many there were.
    @discardableResult
    public func releaseQuarantined() throws -> UInt64 {
        try guarded { try native.releaseQuarantined() }
    }

    /// Forgets everything, corrections included.
    public func wipe() throws { try guarded { try native.wipe() } }
}

extension ScanItem {
    fileprivate var storeKey: String {
        get throws {
            guard let key else {
                throw EpicError.invalidArgument("data without a name is not known to a store")
            }
            return key
        }
    }
}
