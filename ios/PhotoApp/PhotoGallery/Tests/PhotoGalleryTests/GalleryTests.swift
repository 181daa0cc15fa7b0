import EpicClassifier
import XCTest

@testable import EpicClassifier
@testable import PhotoGallery

final class GalleryTests: XCTestCase {
    private var gallery = Gallery(personalGroup: "personal")

    private func classified(
        _ key: String, _ className: String, _ group: String, confidence: Float = 0.9,
        abstained: Bool = false, correction: String? = nil
    ) -> ScanResult {
        let verdict = Verdict(
            className: className, group: group, confidence: confidence,
            scores: [ClassScore(className: className, score: 1)], abstained: abstained, width: 10, height: 10
        )
        return ScanResult(
            index: 0, item: .platform(key: key, size: 1, modified: 1),
            outcome: .classified(verdict, correction: correction, isFromStore: false)
        )
    }

    private func failed(_ key: String) -> ScanResult {
        ScanResult(
            index: 0, item: .platform(key: key, size: 1, modified: 1),
            outcome: .failed(kind: "corrupt", message: "")
        )
    }

    func testPicturesStandUnderTheirGroupAndClassTheLargestClassFirst() {
        gallery.take([
            classified("a", "selfies", "personal"),
            classified("b", "fmemes", "irrelevant", confidence: 0.6),
            classified("c", "fmemes", "irrelevant", confidence: 0.8),
            classified("d", "chats", "irrelevant"),
            classified("e", "chats", "personal", abstained: true),
        ])
        XCTAssertEqual(gallery.sections(personal: false).map(\.className), ["fmemes", "chats"])
        XCTAssertEqual(gallery.sections(personal: false)[0].pictures.map(\.id), ["c", "b"])
        XCTAssertEqual(gallery.sections(personal: true).map(\.className), ["selfies", nil])
        XCTAssertEqual(gallery.count(personal: true), 2)
    }

    func testPersonalUnsureAndFailedPicturesCanNeverBeSelected() {
        gallery.take([
            classified("mine", "selfies", "personal"),
            classified("unsure", "fmemes", "personal", abstained: true),
            failed("broken"),
            classified("meme", "fmemes", "irrelevant"),
        ])
        for key in ["mine", "unsure", "broken", "nowhere"] { gallery.toggle(key) }
        gallery.selectClass("selfies")
        XCTAssertEqual(gallery.selection, [])
        gallery.selectAll(but: [])
        XCTAssertEqual(gallery.selection, ["meme"])
        XCTAssertEqual(gallery.failedCount, 1)
    }

    func testAllButTheChosenOnesAreSelected() {
        gallery.take((0..<5).map { classified("m\($0)", "fmemes", "irrelevant") })
        for key in ["m1", "m3"] { gallery.toggle(key) }
        gallery.selectAll(but: gallery.selection)
        XCTAssertEqual(gallery.selection, ["m0", "m2", "m4"])
        gallery.selectClass("fmemes")
        XCTAssertEqual(Set(gallery.selection).count, 5)
        gallery.clearSelection()
        XCTAssertFalse(gallery.isSelected("m0"))
    }

    func testWhatTheUserKeepsBecomesPersonalAndLeavesTheSelection() {
        gallery.take([classified("a", "fmemes", "irrelevant"), classified("b", "fmemes", "irrelevant")])
        gallery.selectAll(but: [])
        gallery.keep(["a"])
        XCTAssertEqual(gallery.selection, ["b"])
        XCTAssertEqual(gallery.count(personal: true), 1)
        // A later scan brings the store's correction along.
        gallery.take([classified("a", "fmemes", "irrelevant", correction: "personal")])
        XCTAssertEqual(gallery.sections(personal: true).first?.pictures.first?.isKept, true)
        XCTAssertEqual(gallery.items(["a", "nowhere"]).compactMap(\.key), ["a"])
    }

    func testDeletedPicturesAreGoneAndAVerdictThatChangesIsFollowed() {
        gallery.take([classified("a", "fmemes", "irrelevant"), classified("b", "fmemes", "irrelevant")])
        gallery.selectAll(but: [])
        gallery.remove(["a"])
        XCTAssertEqual(gallery.selection, ["b"])
        // A scan in work found it before it was deleted.
        gallery.take([failed("a"), classified("b", "selfies", "personal")])
        XCTAssertEqual(gallery.selection, [])
        XCTAssertEqual(gallery.sections(personal: false).count, 0)
        XCTAssertEqual(gallery.failedCount, 0)
        gallery.retain(["elsewhere"])
        XCTAssertEqual(gallery.count(personal: true), 0)
    }
}
