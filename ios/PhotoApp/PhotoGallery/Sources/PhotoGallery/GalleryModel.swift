import EpicClassifier
import Foundation
import Observation

/// The photo app without its screen: access, scan, corrections, deletion.
@MainActor
@Observable
public final class GalleryModel {
    /// How far a scan is.
    public struct Progress: Sendable, Hashable {
        public let done: Int
        public let total: Int
    }

    /// Something to tell the user.
    public enum Notice: Sendable, Hashable {
        /// The app may not see any picture.
        case noAccess
        /// Scan, correction or deletion failed; the text is a developer's.
        case failure(String)
    }

    public private(set) var gallery: Gallery
    public private(set) var access: LibraryAccess?
    /// `nil` while nothing is scanned.
    public private(set) var progress: Progress?
    public private(set) var isPaused = false
    public var notice: Notice?
    public var showsPersonal = false

    private let library: any PhotoLibrary
    private let openEpic: @Sendable () async throws -> Epic
    private let makeStore: @Sendable () throws -> Store
    private let personalGroup: String
    private var store: Store?
    private var control = ScanControl()
    private var scanning: Task<Void, Never>?

    /// - Parameters:
    ///   - openStore: where verdicts and corrections are kept.
    ///   - personalGroup: the group that is never offered for deletion.
    public init(
        library: any PhotoLibrary,
        openStore: @escaping @Sendable () throws -> Store = { try Store.open() },
        personalGroup: String = "personal",
        openEpic: @escaping @Sendable () async throws -> Epic = { try await Epic.open() }
    ) {
        self.library = library
        makeStore = openStore
        self.personalGroup = personalGroup
        self.openEpic = openEpic
        gallery = Gallery(personalGroup: personalGroup)
    }

    /// Starts over; what the store knows comes at once. Returns when the scan has ended.
    public func scan() async {
        control.cancel()
        await scanning?.value
        let task = Task { await runScan() }
        scanning = task
        await task.value
    }

    private func runScan() async {
        control = ScanControl()
        isPaused = false
        notice = nil
        defer { progress = nil }
        let access = await library.requestAccess()
        self.access = access
        if access == .denied {
            notice = .noAccess
            return
        }
        do {
            let pass = GalleryScan(
                epic: try await openEpic(),
                store: try await openStore(),
                opener: library,
                forgetsOthers: access == .full
            ) { [library, weak self] in
                let items = try await library.items()
                await self?.found(items)
                return items
            }
            try await pass.run(control: control) { [weak self] event in await self?.take(event) }
        } catch {
            notice = .failure(error.localizedDescription)
        }
    }

    private func openStore() async throws -> Store {
        if let store { return store }
        let opened = try await Task.detached { [makeStore] in try makeStore() }.value
        store = opened
        return opened
    }

    private func found(_ items: [ScanItem]) {
        gallery.retain(items.compactMap(\.key))
        progress = Progress(done: 0, total: items.count)
    }

    private func take(_ event: ScanEvent) {
        switch event {
        case .progress(let results, let done, let total):
            gallery.take(results)
            progress = Progress(done: done, total: total)
        case .finished(let summary):
            if let error = summary.storeError { notice = .failure(error) }
        }
    }

    /// Holds the scan, or lets it go on.
    public func pauseOrResume() {
        isPaused.toggle()
        if isPaused { control.pause() } else { control.resume() }
    }

    /// Selects or deselects one picture.
    public func toggle(_ key: String) { gallery.toggle(key) }

    /// Selects a class of the irrelevant tab.
    public func selectClass(_ className: String?) {
        if let className, !showsPersonal { gallery.selectClass(className) }
    }

    /// What is selected stays, all else is selected.
    public func selectAllBut() { gallery.selectAll(but: gallery.selection) }

    public func clearSelection() { gallery.clearSelection() }

    /// Makes the selected pictures personal for good.
    public func keepSelection() async {
        let keys = gallery.selection
        let items = gallery.items(keys)
        gallery.keep(keys)
        do {
            let (store, group) = (try await openStore(), personalGroup)
            try await Task.detached { for item in items { try store.correct(item, as: group) } }.value
        } catch {
            notice = .failure(error.localizedDescription)
        }
    }

    /// Has the system ask the user whether to delete the selected pictures.
    public func deleteSelection() async {
        let keys = gallery.selection
        guard !keys.isEmpty else { return }
        do {
            if try await library.delete(keys) { gallery.remove(keys) }
        } catch {
            notice = .failure(error.localizedDescription)
        }
    }
}
