import EpicFFI
import Foundation
import XCTest

@testable import EpicClassifier

final class ErrorsTests: XCTestCase {
    private func error(_ source: ImageSource, _ options: EpicOptions = EpicOptions()) async throws -> EpicClassifier.EpicError {
        let epic = try await Epic.open(options)
        let error = await thrown { try await epic.classify(source) }
        return try XCTUnwrap(error as? EpicClassifier.EpicError)
    }

    func testErrorsTellTheirStage() async throws {
        let missing = try await error(.file(URL(fileURLWithPath: "/no/such/secret.jpg")))
        guard case .read = missing else { return XCTFail("\(missing)") }
        XCTAssertEqual(missing.kind, "io")
        XCTAssertFalse("\(missing)".contains("secret"), "no path in a message")
        XCTAssertEqual(missing.localizedDescription, missing.message)

        for (data, kind) in [
            (Data(), "empty"),
            (Data("neither fish nor fowl".utf8), "unknown_format"),
            (Data([0, 0, 0, 24]) + Data("ftypavif".utf8) + Data(count: 12), "unsupported_format"),
        ] {
            let failure = try await error(.data(data))
            guard case .decode = failure else { return XCTFail("\(failure)") }
            XCTAssertEqual(failure.kind, kind)
        }
        let cut = try await error(.data(Fixtures.picture(1).prefix(400)))
        guard case .decode = cut else { return XCTFail("\(cut)") }
    }

    func testContradictingPixelsAreRefused() async throws {
        let layout = PixelLayout(width: 10, height: 10)
        var negative = layout
        negative.height = -1
        for source: ImageSource in [
            .pixels(Data(count: 399), layout), .pixels(Data(count: 400), negative), .fileDescriptor(-1),
        ] {
            let failure = try await error(source)
            guard case .invalidArgument = failure else { return XCTFail("\(failure)") }
        }
        let closed = try await error(.fileDescriptor(987_654))
        guard case .read = closed else { return XCTFail("\(closed)") }
    }

    func testAPictureBeyondTheLimitIsRefusedByItsHeader() async throws {
        let failure = try await error(.data(Fixtures.picture(1, width: 100, height: 100)), EpicOptions(maxPixels: 1000))
        guard case .limit = failure else { return XCTFail("\(failure)") }
        XCTAssertEqual(failure.kind, "too_many_pixels")
    }

    func testADamagedPackSaysThatAFreshCopyWouldHelp() async throws {
        try await withFolder { folder in
            let copy = folder.appendingPathComponent("pack")
            try FileManager.default.copyItem(at: Fixtures.file("models/packs/transfer-epic10"), to: copy)
            let options = EpicOptions(pack: .file(copy))
            let fromFolder = try await Epic.open(options)
            let builtIn = try await Epic.open()
            XCTAssertEqual(fromFolder.pack, builtIn.pack)

            let network = copy.appendingPathComponent("model.onnx")
            var bytes = try Data(contentsOf: network)
            bytes[1000] ^= 1
            try bytes.write(to: network)
            let nowhere = EpicOptions(pack: .file(folder.appendingPathComponent("nowhere")))
            for (options, kind, isCorrupt) in [
                (options, "checksum", true), (EpicOptions(pack: .zip(Data([1, 2, 3]))), "", true), (nowhere, "", false),
            ] {
                let failure = await thrown { try await Epic.open(options) }
                guard case .pack(let found, _, let corrupt)? = failure as? EpicClassifier.EpicError else {
                    return XCTFail("\(failure as Any)")
                }
                XCTAssertEqual(corrupt, isCorrupt)
                if !kind.isEmpty { XCTAssertEqual(found, kind) }
            }
        }
    }

    func testMissingWeightsAreToldWhenAPartNeedsThem() async throws {
        try await withFolder { folder in
            try FileManager.default.copyItem(
                at: Fixtures.file("models/metadata/manifest.json"),
                to: folder.appendingPathComponent("manifest.json")
            )
            let epic = try await Epic.open(EpicOptions(weights: .folder(folder)))
            let failure = await thrown { try await epic.warmUp(.faces) }
            guard case .weights? = failure as? EpicClassifier.EpicError else { return XCTFail("\(failure as Any)") }
            _ = try await epic.extractMetadata(.data(Fixtures.picture(1)), parts: .colors)
        }
    }

    func testAPanicIsAnErrorAndTheProcessGoesOn() async throws {
        for _ in 0..<3 {
            let failure = await thrown { try guarded { try provokePanic() } }
            guard case .internal? = failure as? EpicClassifier.EpicError else { return XCTFail("\(failure as Any)") }
        }
        let epic = try await Epic.open()
        _ = try await epic.classify(.data(Fixtures.picture(1)))
    }

    func testLogLinesComeInAndHoldNoPath() async throws {
        let sink = CollectingSink()
        try Epic.setLogSink(.debug, sink: sink)
        let epic = try await Epic.open()
        _ = await thrown { try await epic.classify(.file(URL(fileURLWithPath: "/no/such/secret.jpg"))) }
        XCTAssert(sink.lines.contains { $0.contains(epic.pack.id) })
        XCTAssertFalse(sink.lines.contains { $0.contains("secret") })
    }
}

private final class CollectingSink: EpicClassifier.LogSink, @unchecked Sendable {
    private let lock = NSLock()
    private var collected: [String] = []

    var lines: [String] { lock.withLock { collected } }

    func log(_ level: EpicClassifier.LogLevel, target: String, message: String) {
        lock.withLock { collected.append("\(level) \(target) \(message)") }
    }
}
