import EpicClassifier
import Foundation
import XCTest

@testable import PhotoGallery

final class GalleryModelTests: XCTestCase {
    func testPicturesAreScannedKeptAndDeletedAfterTheUsersConsent() async throws {
        try await onMain { folder in
            let library = try FolderLibrary()
            let model = makeModel(library, folder)
            await model.scan()
            XCTAssertNil(model.notice)
            XCTAssertNil(model.progress)
            let total = library.count
            XCTAssertEqual(model.gallery.count(personal: true) + model.gallery.count(personal: false), total)
            let irrelevant = model.gallery.count(personal: false)
            XCTAssertGreaterThan(irrelevant, 4)

            let keys = model.gallery.sections(personal: false).flatMap(\.pictures).map(\.id)
            for key in keys.prefix(2) { model.toggle(key) }
            await model.keepSelection()
            XCTAssertEqual(model.gallery.count(personal: false), irrelevant - 2)

            for key in keys.suffix(2) { model.toggle(key) }
            library.consents = false
            await model.deleteSelection()
            XCTAssertEqual(model.gallery.selection.count, 2)
            library.consents = true
            await model.deleteSelection()
            XCTAssertEqual(model.gallery.count(personal: false), irrelevant - 4)
            XCTAssertEqual(library.count, total - 2)

            // The store remembers, also in another life of the app.
            let next = makeModel(library, folder)
            await next.scan()
            XCTAssertEqual(next.gallery.count(personal: false), irrelevant - 4)
            XCTAssertEqual(library.opened, total, "nothing is read twice")
        }
    }

    func testWithoutAccessNothingIsReadAndTheUserIsTold() async throws {
        try await onMain { folder in
            let library = try FolderLibrary(access: .denied)
            let model = makeModel(library, folder)
            await model.scan()
            XCTAssertEqual(model.notice, .noAccess)
            XCTAssertEqual(library.opened, 0)
        }
    }

    func testALimitedLibraryMakesTheStoreForgetNothing() async throws {
        try await onMain { folder in
            let library = try FolderLibrary()
            await makeModel(library, folder).scan()
            let all = library.count
            library.access = .limited
            library.limit = 3
            let limited = makeModel(library, folder)
            await limited.scan()
            XCTAssertEqual(limited.access, .limited)
            XCTAssertEqual(limited.gallery.count(personal: true) + limited.gallery.count(personal: false), 3)
            library.access = .full
            library.limit = .max
            await makeModel(library, folder).scan()
            XCTAssertEqual(library.opened, all)
        }
    }

    func testAPauseHoldsTheScanAndANewScanReplacesTheOld() async throws {
        try await onMain { folder in
            let library = try FolderLibrary()
            library.delay = 0.01
            let model = makeModel(library, folder)
            let first = Task { await model.scan() }
            while model.progress == nil { await Task.yield() }
            model.pauseOrResume()
            XCTAssert(model.isPaused)
            try await Task.sleep(nanoseconds: 300_000_000)
            let held = library.opened
            try await Task.sleep(nanoseconds: 200_000_000)
            XCTAssertEqual(library.opened, held)
            await model.scan()
            await first.value
            XCTAssertFalse(model.isPaused)
            XCTAssertEqual(model.gallery.count(personal: true) + model.gallery.count(personal: false), library.count)
        }
    }

    func testAStoreThatCannotBeOpenedIsTold() async throws {
        try await onMain { folder in
            let nowhere = folder.appendingPathComponent("no/such/folder/epic.db")
            let model = GalleryModel(library: try FolderLibrary(), openStore: { try Store.open(nowhere) })
            await model.scan()
            guard case .failure? = model.notice else { return XCTFail("\(model.notice as Any)") }
            XCTAssertNil(model.progress)
        }
    }
}

/// Runs a test's body where the model lives, with a folder that is gone afterwards.
private func onMain(_ body: @MainActor @Sendable (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("epic-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
}

@MainActor
private func makeModel(_ library: FolderLibrary, _ folder: URL) -> GalleryModel {
    let file = folder.appendingPathComponent("epic.db")
    return GalleryModel(library: library, openStore: { try Store.open(file) })
}

/// The sample gallery as the phone's library.
private final class FolderLibrary: PhotoLibrary, @unchecked Sendable {
    private let lock = NSLock()
    private var files: [String: URL]
    private var calls = 0
    var access: LibraryAccess
    var limit = Int.max
    var consents = true
    var delay: TimeInterval = 0

    init(access: LibraryAccess = .full) throws {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<6 { root.deleteLastPathComponent() }
        let folder = root.appendingPathComponent("tests/gallery")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { ["jpg", "png", "webp", "gif"].contains(($0 as NSString).pathExtension) }
        files = Dictionary(uniqueKeysWithValues: names.map { ($0, folder.appendingPathComponent($0)) })
        self.access = access
    }

    var count: Int { lock.withLock { files.count } }
    var opened: Int { lock.withLock { calls } }

    func requestAccess() async -> LibraryAccess { access }

    func items() async throws -> [ScanItem] {
        lock.withLock { files.keys.sorted().prefix(limit).map { .platform(key: $0, size: 1, modified: 1) } }
    }

    func delete(_ keys: [String]) async throws -> Bool {
        guard consents else { return false }
        lock.withLock { for key in keys { files[key] = nil } }
        return true
    }

    func open(_ key: String) throws -> OpenedItem {
        Thread.sleep(forTimeInterval: delay)
        return try lock.withLock {
            calls += 1
            guard let file = files[key] else { throw CocoaError(.fileNoSuchFile) }
            return .file(file)
        }
    }
}
