"""The scorer on made results: what is right scores full, what is wrong does not."""

import importlib.util
import unittest
from pathlib import Path

import fonts
import render
import score


def result_of(picture, change=lambda text: text, script=None):
    lines = []
    for line in picture["lines"]:
        corners = [{"x": x, "y": y} for x, y in line["quad"]]
        as_read = script or (line["script"] if line["script"] != "any" else "latin")
        lines.append({"quad": {"corners": corners}, "script": as_read, "text": change(line["text"])})
    return {"lines": lines}


class UnseenFaces(unittest.TestCase):
    def test_the_training_leaves_out_what_the_evaluation_calls_unseen(self):
        path = Path(__file__).resolve().parents[2] / "models/metadata/make/arabic/fonts.py"
        spec = importlib.util.spec_from_file_location("training_fonts", path)
        training = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(training)
        self.assertLessEqual(fonts.ARABIC_UNSEEN, training.UNSEEN)
        drawn = {*fonts.ARABIC, *fonts.ARABIC_DISPLAY}
        self.assertLessEqual(fonts.ARABIC_UNSEEN, drawn)


class Score(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        fonts.install()
        cls.picture, _ = render.render(3, 12)

    def tally(self, result, script="latin"):
        tallies, boxes = score.score([(self.picture, result)], [])
        return tallies["all", "all", script], boxes

    def test_the_truth_scores_full(self):
        for script in ("latin", "arabic"):
            tally, (true, boxes) = self.tally(result_of(self.picture), script)
            self.assertEqual((tally.recall, tally.cer, tally.words, tally.routing), (1, 0, 1, 1))
            self.assertEqual(true, boxes)

    def test_wrong_text_and_script_cost(self):
        tally, _ = self.tally(result_of(self.picture, lambda t: "#" + t[1:], "arabic"))
        self.assertGreater(tally.cer, 0.02)
        self.assertEqual(tally.routing, 0)

    def test_missed_and_unread_lines_cost(self):
        tally, _ = self.tally({"lines": []})
        self.assertEqual((tally.recall, tally.words, tally.cer), (0, 0, None))
        tally, _ = self.tally(result_of(self.picture, lambda _: "", "unread"))
        self.assertEqual((tally.recall, tally.words, tally.unread), (1, 0, 1))

    def test_a_box_beside_all_lines_is_false(self):
        result = result_of(self.picture)
        result["lines"].append({
            "quad": {"corners": [{"x": x, "y": y} for x, y in ((0, -90), (50, -90), (50, -60), (0, -60))]},
            "script": "latin", "text": "no",
        })
        _, (true, boxes) = self.tally(result)
        self.assertEqual(true, boxes - 1)

    def test_halves_of_a_line_are_joined_in_reading_order(self):
        line = {"text": "one two", "script": "latin", "font": "f", "size": 20, "light_on_dark": False,
                "quad": [[0, 0], [100, 0], [100, 20], [0, 20]]}
        picture = {"layout": "x", "noise": 0, "quality": None, "lines": [line]}
        half = lambda left, text: {"script": "latin", "text": text, "quad": {"corners": [
            {"x": x, "y": y} for x, y in ((left, 0), (left + 48, 0), (left + 48, 20), (left, 20))]}}
        tallies, _ = score.score([(picture, {"lines": [half(52, "two"), half(0, "one")]})], [])
        self.assertEqual(tallies["all", "all", "latin"].cer, 0)

    def test_normalisation_keeps_letters_apart(self):
        self.assertEqual(score.normalize("کتاب  ۱۲"), "كتاب ١٢")
        self.assertNotEqual(score.normalize("أنا"), score.normalize("انا"))
        self.assertNotEqual(score.normalize("A"), score.normalize("a"))

    def test_every_layout_of_the_small_run_has_lines(self):
        for index in range(18):
            picture, _ = render.render(1, index)
            self.assertTrue(picture["lines"], picture["name"])

    def test_the_same_seed_draws_the_same_picture(self):
        self.assertEqual(render.render(3, 4), render.render(3, 4))


if __name__ == "__main__":
    unittest.main()
