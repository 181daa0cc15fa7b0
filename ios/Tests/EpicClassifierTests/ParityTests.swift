import Foundation
import XCTest

@testable import EpicClassifier

/// The goldens that the Rust core and the Kotlin library are held against too.
final class ParityTests: XCTestCase {
    func testVerdictsAgreeWithTheGoldens() async throws {
        let epic = try await Epic.open()
        let golden = try Fixtures.golden("verdicts.json")
        XCTAssertEqual(golden["pack"] as? String, epic.pack.id)
        let tolerance = try XCTUnwrap(golden["tolerance"] as? Double)
        let expected = try XCTUnwrap(golden["verdicts"] as? [String: [String: Any]])
        XCTAssertGreaterThan(expected.count, 30)
        for (picture, record) in expected {
            let verdict = try await epic.classify(.file(Fixtures.file(picture)))
            XCTAssertEqual(record["class"] as? String, verdict.className, picture)
            XCTAssertEqual(record["group"] as? String, verdict.group, picture)
            XCTAssertEqual(record["abstained"] as? Bool, verdict.abstained, picture)
            XCTAssertEqual(record["width"] as? Int, verdict.width, picture)
            XCTAssertEqual(record["height"] as? Int, verdict.height, picture)
            let scores = try XCTUnwrap(record["scores"] as? [String: Double])
            XCTAssertEqual(Set(scores.keys), Set(verdict.scores.map(\.className)))
            for score in verdict.scores {
                XCTAssertEqual(scores[score.className] ?? -1, Double(score.score), accuracy: tolerance, picture)
            }
        }
    }

    func testMetadataAgreesWithTheGoldens() async throws {
        let epic = try await Epic.open()
        let tolerances = try Fixtures.golden("tolerances.json")
        let expected = try Fixtures.golden("metadata.json")
        XCTAssertGreaterThan(expected.count, 30)
        var differences: [String] = []
        for (picture, record) in expected {
            let record = try XCTUnwrap(record as? [String: Any])
            let found = try await epic.extractMetadata(.file(Fixtures.file(picture))).columns
            XCTAssertEqual(found.count, 37)
            XCTAssertEqual(Set(record.keys), Set(found.map(\.name)))
            for column in found where !fileColumns.contains(column.name) {
                let pattern = column.name.replacing(/\d+$/, with: "") + "*"
                let tolerance = (tolerances[column.name] ?? tolerances[pattern]) as? [String: Any]
                let value = record[column.name]
                if !agree(value, column.value, tolerance) {
                    differences.append("\(picture), \(column.name): expected \(value ?? "-"), found \(column.value as Any)")
                }
            }
        }
        XCTAssert(differences.isEmpty, differences.joined(separator: "\n"))
    }

    /// Where a picture lies is the app's own business.
    private let fileColumns: Set<String> = ["file_name", "relative_path", "class"]

    private func agree(_ expected: Any?, _ found: ColumnValue?, _ tolerance: [String: Any]?) -> Bool {
        switch found {
        case nil: return expected is NSNull
        case .count(let count): return agree(expected, Double(count), tolerance)
        case .number(let number): return agree(expected, number, tolerance)
        case .text(let text):
            guard let expected = expected as? String else { return false }
            if let channel = tolerance?["channel"] as? Int {
                return zip(channels(expected), channels(text)).allSatisfy { abs($0 - $1) <= channel }
            }
            guard let bound = tolerance?["changed_characters"] as? Double else { return expected == text }
            let (first, second) = (Array(expected.unicodeScalars), Array(text.unicodeScalars))
            return Double(editDistance(first, second)) <= bound * Double(max(first.count, 50))
        }
    }

    private func agree(_ expected: Any?, _ found: Double, _ tolerance: [String: Any]?) -> Bool {
        guard let expected = expected as? Double else { return false }
        return abs(expected - found) <= tolerance?["absolute"] as? Double ?? 0
    }

    private func channels(_ hex: String) -> [Int] {
        let number = Int(hex.dropFirst(), radix: 16) ?? 0
        return [number >> 16, number >> 8 & 255, number & 255]
    }

    private func editDistance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
        var row = Array(0...second.count)
        for (i, a) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in second.enumerated() {
                let substituted = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }
}
