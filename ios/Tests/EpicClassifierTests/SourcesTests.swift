import Foundation
import XCTest

@testable import EpicClassifier

final class SourcesTests: XCTestCase {
    func testEveryWayToHandInAFileGivesTheSameVerdict() async throws {
        let epic = try await Epic.open()
        let expected = try await epic.classify(.file(Fixtures.photo))
        XCTAssertEqual(epic.pack.classes.map(\.name), expected.scores.map(\.className))
        XCTAssertEqual(expected.scores.map(\.score).reduce(0, +), 1, accuracy: 1e-4)
        XCTAssert(epic.pack.groups.contains(expected.group))

        let data = try Data(contentsOf: Fixtures.photo)
        let framed = Data([1, 2, 3]) + data
        let file = try FileHandle(forReadingFrom: Fixtures.photo)
        for source: ImageSource in [
            .data(data), .data(framed.dropFirst(3)), .fileDescriptor(file.fileDescriptor),
        ] {
            let verdict = try await epic.classify(source)
            XCTAssertEqual(verdict, expected)
        }
        // The descriptor is still open, and stands where it was left.
        try file.seek(toOffset: 0)
        XCTAssertEqual(try file.readToEnd(), data)
    }

    func testPixelsGiveTheFilesVerdict() async throws {
        let epic = try await Epic.open()
        let expected = try await epic.classify(.data(Fixtures.picture(1)))
        let (data, layout) = Fixtures.pixels(1)
        let verdict = try await epic.classify(.pixels(data, layout))
        XCTAssertEqual(verdict, expected)
        let analysis = try await epic.analyze(.pixels(data, layout), parts: [])
        XCTAssertEqual(analysis.verdict, expected)
    }

    func testTheSizeOfAReductionIsThatOfItsSourceTurnedUpright() async throws {
        let epic = try await Epic.open()
        let (data, stored) = Fixtures.pixels(2, width: 60, height: 40)
        var layout = stored
        layout.orientation = .rotate90
        let turned = try await epic.classify(.pixels(data, layout))
        XCTAssertEqual([turned.width, turned.height], [40, 60])
        layout = stored
        layout.sourceSize = PictureSize(width: 6000, height: 4000)
        let full = try await epic.classify(.pixels(data, layout))
        XCTAssertEqual([full.width, full.height], [6000, 4000])
    }

    func testAnalyzeGivesWhatTheSingleCallsGive() async throws {
        let epic = try await Epic.open()
        let source = ImageSource.data(Fixtures.picture(3))
        let parts: MetadataParts = [.colors, .faces]
        let analysis = try await epic.analyze(source, parts: parts)
        let verdict = try await epic.classify(source)
        XCTAssertEqual(analysis.verdict, verdict)
        let metadata = try await epic.extractMetadata(source, parts: parts)
        XCTAssertEqual(analysis.metadata, metadata)
        XCTAssertNotNil(metadata.colors)
        XCTAssertNil(metadata.text)
    }
}
