import Foundation
import XCTest

@testable import EpicClassifier

/// Pictures and goldens of the repository, and pictures that are made here.
enum Fixtures {
    /// The repository.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let photo = file("tests/gallery/IMG_20240127_101544.jpg")

    static func file(_ path: String) -> URL { root.appendingPathComponent(path) }

    static func golden(_ name: String) throws -> [String: Any] {
        let data = try Data(contentsOf: file("tests/parity/\(name)"))
        let object = try JSONSerialization.jsonObject(with: data)
        return try XCTUnwrap(object as? [String: Any])
    }

    /// A picture in a format that needs no library: BMP, 24 bits.
    static func picture(_ seed: Int, width: Int = 48, height: Int = 32) -> Data {
        let stride = (width * 3 + 3) / 4 * 4
        var data = header(width: width, height: height)
        // Rows from the bottom up, blue first.
        for y in (0..<height).reversed() {
            var row = Data(count: stride)
            for x in 0..<width {
                let (red, green, blue) = color(seed, x, y)
                row[x * 3] = blue
                row[x * 3 + 1] = green
                row[x * 3 + 2] = red
            }
            data.append(row)
        }
        return data
    }

    /// A black picture of any size.
    static func blank(width: Int, height: Int) -> Data {
        header(width: width, height: height) + Data(count: (width * 3 + 3) / 4 * 4 * height)
    }

    private static func header(width: Int, height: Int) -> Data {
        var data = Data("BM".utf8)
        func append<Number: FixedWidthInteger>(_ value: Number) {
            withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
        }
        append(UInt32(54 + (width * 3 + 3) / 4 * 4 * height))
        for value: UInt32 in [0, 54, 40, UInt32(width), UInt32(height)] { append(value) }
        for value: UInt16 in [1, 24] { append(value) }
        for _ in 0..<6 { append(UInt32(0)) }
        return data
    }

    /// The same picture as pixels, with a gap after every row.
    static func pixels(_ seed: Int, width: Int = 48, height: Int = 32) -> (Data, PixelLayout) {
        let stride = width * 4 + 8
        var data = Data(count: stride * height)
        for y in 0..<height {
            for x in 0..<width {
                let (red, green, blue) = color(seed, x, y)
                let start = y * stride + x * 4
                data[start] = red
                data[start + 1] = green
                data[start + 2] = blue
                data[start + 3] = 255
            }
        }
        return (data, PixelLayout(width: width, height: height, stride: stride))
    }

    private static func color(_ seed: Int, _ x: Int, _ y: Int) -> (UInt8, UInt8, UInt8) {
        (
            UInt8(truncatingIfNeeded: x * 5 + seed * 31),
            UInt8(truncatingIfNeeded: y * 7 + seed * 17),
            UInt8(truncatingIfNeeded: (x ^ y) + seed)
        )
    }
}

/// A folder that is gone after the test.
func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("epic-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}

/// The error that work throws.
func thrown(_ work: () async throws -> some Any) async -> (any Error)? {
    do {
        _ = try await work()
        return nil
    } catch {
        return error
    }
}

extension ScanResult {
    var verdict: Verdict? {
        if case .classified(let verdict, _, _) = outcome { verdict } else { nil }
    }

    var isFromStore: Bool {
        if case .classified(_, _, true) = outcome { true } else { false }
    }
}

/// Runs a scan to its end.
func collect(_ stream: AsyncThrowingStream<ScanEvent, any Error>) async throws -> ([ScanResult], ScanSummary?) {
    var results: [ScanResult] = []
    var summary: ScanSummary?
    for try await event in stream {
        switch event {
        case .progress(let batch, _, _): results += batch
        case .finished(let end): summary = end
        }
    }
    return (results, summary)
}
