import Foundation
import XCTest

@testable import EpicClassifier

final class StoreTests: XCTestCase {
    func testASecondScanKnowsEverythingAndCorrectionsStand() async throws {
        try await withFolder { folder in
            let items = try gallery(folder, count: 20)
            let epic = try await Epic.open()
            let file = folder.appendingPathComponent("epic.db")
            do {
                let store = try Store.open(file)
                let (_, first) = try await collect(epic.scan(items, options: ScanOptions(store: store)))
                XCTAssertEqual(first?.fromStore, 0)
                XCTAssert(try store.correct(items[3], as: "irrelevant"))
                XCTAssertFalse(try store.correct(.file(URL(fileURLWithPath: "/nowhere")), as: "personal"))
                let failure = await thrown { try store.correct(.data(Data()), as: "personal") }
                guard case .invalidArgument? = failure as? EpicError else { return XCTFail("\(failure as Any)") }
            }
            let store = try Store.open(file)
            XCTAssertEqual(try store.correction(of: items[3]), "irrelevant")
            let (results, second) = try await collect(epic.scan(items, options: ScanOptions(store: store)))
            XCTAssertEqual(second?.fromStore, 20)
            XCTAssert(results.allSatisfy(\.isFromStore))
            XCTAssertEqual(results[3].group, "irrelevant")
            XCTAssert(try store.uncorrect(items[3]))
            XCTAssertNil(try store.correction(of: items[3]))
            XCTAssertEqual(try store.retain(Array(items.prefix(5))), 15)
            XCTAssertEqual(try store.releaseQuarantined(), 0)
            try store.wipe()
            let (_, third) = try await collect(epic.scan(items, options: ScanOptions(store: store)))
            XCTAssertEqual(third?.fromStore, 0)
        }
    }

    func testAStoreThatCannotBeOpenedSaysSo() async throws {
        let failure = await thrown { try Store.open(URL(fileURLWithPath: "/no/such/folder/epic.db")) }
        guard case .store? = failure as? EpicError else { return XCTFail("\(failure as Any)") }
    }

    func testAPassForgetsWhatIsGone() async throws {
        try await withFolder { folder in
            let items = try gallery(folder, count: 12)
            let epic = try await Epic.open()
            let store = try Store.inMemory()
            let all = GalleryScan(epic: epic, store: store, forgetsOthers: true) { items }
            let first = try await all.run(jobs: 1)
            XCTAssertEqual(first.classified, 12)
            let fewer = GalleryScan(epic: epic, store: store, forgetsOthers: true) { Array(items.prefix(4)) }
            try await fewer.run()
            let again = try await all.run()
            XCTAssertEqual(again.fromStore, 4)
        }
    }

    func testAKilledScanIsTakenUpWhereItWas() async throws {
        try await withFolder { folder in
            let pictures = folder.appendingPathComponent("pictures")
            let count = 1500
            let items = try gallery(pictures, count: count)
            let file = folder.appendingPathComponent("epic.db")
            // Killed in the middle, twice; the third time it may end.
            var last = (done: 0, fromStore: 0)
            for until in [200, 600, Int.max] {
                let child = Process()
                child.executableURL = products.appendingPathComponent("ScanChild")
                child.arguments = [pictures.path, file.path]
                let output = Pipe()
                child.standardOutput = output
                try child.run()
                for try await line in lines(of: output) {
                    let numbers = line.split(separator: " ").compactMap { Int($0) }
                    last = (numbers[0], numbers[1])
                    if last.done >= until { kill(child.processIdentifier, SIGKILL) }
                }
                child.waitUntilExit()
                XCTAssertEqual(child.terminationReason, until == Int.max ? .exit : .uncaughtSignal)
            }
            XCTAssertEqual(last.done, count)
            XCTAssertGreaterThanOrEqual(last.fromStore, 590)
            let epic = try await Epic.open()
            let store = try Store.open(file)
            let (_, summary) = try await collect(epic.scan(items, options: ScanOptions(store: store)))
            XCTAssertEqual(summary?.fromStore, count)
            XCTAssertNil(summary?.storeError)
        }
    }

    private func gallery(_ folder: URL, count: Int) throws -> [ScanItem] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try (0..<count).map { number in
            let url = folder.appendingPathComponent(String(format: "IMG_%06d.bmp", number))
            // Pixels of its own in each.
            try Fixtures.picture(number, width: 24 + number % 50, height: 24).write(to: url)
            return .file(url)
        }
    }

    /// Where SwiftPM puts what it builds.
    private var products: URL {
        #if os(Linux)
            URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        #else
            Bundle(for: Self.self).bundleURL.deletingLastPathComponent()
        #endif
    }

    private func lines(of pipe: Pipe) -> AsyncThrowingStream<String, any Error> {
        AsyncThrowingStream { continuation in
            let handle = pipe.fileHandleForReading
            Thread.detachNewThread {
                var rest = Data()
                while case let data = handle.availableData, !data.isEmpty {
                    rest += data
                    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                        continuation.yield(String(decoding: rest[..<end], as: UTF8.self))
                        rest = Data(rest[rest.index(after: end)...])
                    }
                }
                continuation.finish()
            }
        }
    }
}
