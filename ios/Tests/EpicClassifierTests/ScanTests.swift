import Foundation
import XCTest

@testable import EpicClassifier

final class ScanTests: XCTestCase {
    private let pictures = (0..<24).map { ScanItem.data(Fixtures.picture($0)) }

    func testAStreamGivesEveryResultInOrderAndThenTheCounts() async throws {
        let epic = try await Epic.open()
        let items = pictures + [.data(Data([1])), .file(URL(fileURLWithPath: "/missing.jpg"))]
        let (results, summary) = try await collect(epic.scan(items))
        XCTAssertEqual(results.map(\.index), Array(items.indices))
        XCTAssertEqual(results.map(\.item), items)
        XCTAssertEqual(
            summary,
            ScanSummary(classified: 24, fromStore: 0, failed: 2, isCancelled: false, storeError: nil)
        )
        let failures = results.compactMap { result in
            if case .failed(let kind, _) = result.outcome { kind } else { nil }
        }
        XCTAssertEqual(failures, ["unknown_format", "io"])
        for (item, result) in zip(pictures, results) {
            guard case .data(let data) = item else { continue }
            let verdict = try await epic.classify(.data(data))
            XCTAssertEqual(result.verdict, verdict)
            XCTAssertEqual(result.group, verdict.group)
        }
    }

    func testResultsComeInBatchesTenASecondAtMost() async throws {
        let epic = try await Epic.open()
        let opener = TestOpener { key in
            Thread.sleep(forTimeInterval: 0.003)
            return .data(Fixtures.picture(key.count))
        }
        var times: [TimeInterval] = []
        var count = 0
        for try await event in epic.scan(platformItems(300), options: ScanOptions(jobs: 2, opener: opener)) {
            if case .progress(let results, let done, let total) = event {
                times.append(ProcessInfo.processInfo.systemUptime)
                count += results.count
                XCTAssertEqual([done, total], [count, 300])
            }
        }
        XCTAssertEqual(count, 300)
        // The last batch comes when the scan ends, however soon that is. A gap can look shorter to the loop,
        // which hears of a batch later than it was sent.
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }.dropLast()
        XCTAssert(!gaps.isEmpty && gaps.reduce(0, +) / Double(gaps.count) >= 0.095, "\(gaps)")
    }

    func testACancelledTaskEndsTheScanInLessThanATenthOfASecond() async throws {
        let epic = try await Epic.open()
        let items = platformItems(50)
        // What else the machine does only adds to the time: the fastest of several tells.
        var fastest = Double.infinity
        for _ in 0..<5 {
            let opener = TestOpener { _ in
                Thread.sleep(forTimeInterval: 0.7)
                return .data(Fixtures.picture(1))
            }
            let options = ScanOptions(jobs: 2, opener: opener)
            let task = Task { try await collect(epic.scan(items, options: options)) }
            while opener.count == 0 { try await Task.sleep(nanoseconds: 5_000_000) }
            let start = ProcessInfo.processInfo.systemUptime
            task.cancel()
            _ = await task.result
            fastest = min(fastest, ProcessInfo.processInfo.systemUptime - start)
            XCTAssert(options.control.isCancelled)
            try await Task.sleep(nanoseconds: 800_000_000)
            XCTAssertLessThanOrEqual(opener.count, 2)
        }
        XCTAssertLessThan(fastest, 0.1)
    }

    func testACancelledCallThrowsAtOnce() async throws {
        let epic = try await Epic.open()
        let big = Fixtures.blank(width: 9000, height: 6000)
        var fastest = Double.infinity
        for _ in 0..<5 {
            let task = Task { try await epic.classify(.data(big)) }
            try await Task.sleep(nanoseconds: 20_000_000)
            let start = ProcessInfo.processInfo.systemUptime
            task.cancel()
            let outcome = await task.result
            fastest = min(fastest, ProcessInfo.processInfo.systemUptime - start)
            // A machine that has classified it by then is fast, not wrong.
            if case .failure(let error) = outcome { XCTAssert(error is CancellationError, "\(error)") }
        }
        XCTAssertLessThan(fastest, 0.1)
        let early = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await epic.classify(.data(big))
        }
        let failure = await thrown { try await early.value }
        XCTAssert(failure is CancellationError)
    }

    func testALoopThatIsLeftEndsTheScan() async throws {
        let epic = try await Epic.open()
        let opener = TestOpener { key in
            Thread.sleep(forTimeInterval: 0.01)
            return .data(Fixtures.picture(key.count))
        }
        let options = ScanOptions(jobs: 1, opener: opener, interval: 0)
        func first() async throws {
            for try await event in epic.scan(platformItems(500), options: options) {
                if case .progress = event { break }
            }
        }
        try await first()
        try await Task.sleep(nanoseconds: 100_000_000)
        XCTAssert(options.control.isCancelled)
        let count = opener.count
        try await Task.sleep(nanoseconds: 100_000_000)
        XCTAssertEqual(opener.count, count)
    }

    func testASlowLoopHoldsTheScanBackAndLosesNothing() async throws {
        let epic = try await Epic.open()
        let opener = TestOpener { key in .data(Fixtures.picture(key.count)) }
        let options = ScanOptions(jobs: 1, opener: opener, interval: 0)
        var results: [ScanResult] = []
        var isFirst = true
        for try await event in epic.scan(platformItems(2000), options: options) {
            if case .progress(let batch, _, _) = event { results += batch }
            if isFirst {
                isFirst = false
                var (held, before) = (0, -1)
                while held != before {
                    try await Task.sleep(nanoseconds: 500_000_000)
                    (before, held) = (held, opener.count)
                }
                XCTAssertLessThan(held, 1000, "the scan ran ahead")
            }
        }
        XCTAssertEqual(results.map(\.index), Array(0..<2000))
    }

    func testAPauseHoldsTheScan() async throws {
        let epic = try await Epic.open()
        let opener = TestOpener { key in .data(Fixtures.picture(key.count)) }
        let options = ScanOptions(opener: opener)
        options.control.pause()
        XCTAssert(options.control.isPaused)
        let task = Task { [items = platformItems(40)] in try await collect(epic.scan(items, options: options)) }
        try await Task.sleep(nanoseconds: 200_000_000)
        XCTAssertEqual(opener.count, 0)
        options.control.resume()
        let (results, _) = try await task.value
        XCTAssertEqual(results.count, 40)
    }

    func testAControlThatIsCancelledEndsTheStreamWithItsCounts() async throws {
        let epic = try await Epic.open()
        let control = ScanControl()
        control.cancel()
        let (results, summary) = try await collect(epic.scan(pictures, options: ScanOptions(control: control)))
        XCTAssertEqual(summary?.isCancelled, true)
        XCTAssertEqual(results.count, summary.map { $0.classified + $0.failed })
    }

    func testEveryKindOfOpenedItemIsRead() async throws {
        let epic = try await Epic.open()
        let expected = try await epic.classify(.file(Fixtures.photo))
        let (data, layout) = Fixtures.pixels(1)
        let opener = TestOpener { key in
            switch key {
            case "file": .file(Fixtures.photo)
            case "descriptor": .fileDescriptor(Foundation.open(Fixtures.photo.path, O_RDONLY))
            case "data": .data(try Data(contentsOf: Fixtures.photo))
            case "pixels": .pixels(data, layout)
            default: throw CocoaError(.fileNoSuchFile)
            }
        }
        let items = ["file", "descriptor", "data", "pixels", "gone"]
            .map { ScanItem.platform(key: $0, size: 1, modified: 1) }
        let (results, _) = try await collect(epic.scan(items, options: ScanOptions(opener: opener)))
        XCTAssertEqual(results.prefix(3).map(\.verdict), [expected, expected, expected])
        let pixels = try await epic.classify(.pixels(data, layout))
        XCTAssertEqual(results[3].verdict, pixels)
        guard case .failed(kind: "io", _) = results[4].outcome else { return XCTFail("\(results[4])") }
    }

    func testPlatformItemsNeedAnOpener() async throws {
        let epic = try await Epic.open()
        let failure = await thrown { try await collect(epic.scan(platformItems(1))) }
        guard case .invalidArgument? = failure as? EpicError else { return XCTFail("\(failure as Any)") }
        let negative = await thrown { try await collect(epic.scan(pictures, options: ScanOptions(jobs: -1))) }
        guard case .invalidArgument? = negative as? EpicError else { return XCTFail("\(negative as Any)") }
    }

    func testEightTasksAtOnceGiveWhatOneGives() async throws {
        let epic = try await Epic.open()
        let items = pictures
        let (expected, _) = try await collect(epic.scan(items))
        try await withThrowingTaskGroup(of: [ScanResult].self) { group in
            for _ in 0..<8 {
                group.addTask { try await collect(epic.scan(items, options: ScanOptions(jobs: 2))).0 }
            }
            for try await results in group { XCTAssertEqual(results, expected) }
        }
    }

    private func platformItems(_ count: Int) -> [ScanItem] {
        (0..<count).map { .platform(key: "item \($0)", size: 1, modified: 1) }
    }
}

/// An opener made of a closure; counts its calls.
final class TestOpener: ItemOpener, @unchecked Sendable {
    private let lock = NSLock()
    private var calls = 0
    private let body: @Sendable (String) throws -> OpenedItem

    init(_ body: @escaping @Sendable (String) throws -> OpenedItem) { self.body = body }

    var count: Int { lock.withLock { calls } }

    func open(_ key: String) throws -> OpenedItem {
        lock.withLock { calls += 1 }
        return try body(key)
    }
}
