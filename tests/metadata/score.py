"""Compares what was read with what was drawn.

Detection follows DetEval (Wolf and Jolion 2006, used by ICDAR 2011 and 2013) with its thresholds:
a line is found when its boxes cover at least 0.8 of it, a box is true when at least 0.4 of it lies
in a line. A line may be split into several boxes and a box may hold several lines; such groups
are compared as one text.
"""

import re
import unicodedata
from collections import defaultdict

import numpy

from fonts import ARABIC_UNSEEN

LINE_COVERED = 0.8
BOX_INSIDE = 0.4
# Of the smaller of the two: what belongs to one group when texts are compared.
SAME = 0.5
# Detectors leave a margin around ink; drawn boxes have none. In parts of the font's size.
MARGIN = 0.25

QUOTES = str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014", "''\"\"--")
ARABIC_LETTERS = str.maketrans("\u06a9\u06cc\u06be", "\u0643\u064a\u0647")
PERSIAN_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")
MARKS = re.compile("[\u0640\u064b-\u0652\u0670\u200e\u200f\u202a-\u202e]")


def normalize(text):
    """White space folded; typographic quotes and dashes as ASCII; Arabic presentation forms, Persian
    letters and digits as Arabic ones; vowel marks, tatweel and direction marks dropped. Nothing
    else: case, hamza, alef and yeh forms count."""
    text = unicodedata.normalize("NFKC", text.replace("\u2026", "...")).translate(QUOTES)
    text = MARKS.sub("", text.translate(ARABIC_LETTERS).translate(PERSIAN_DIGITS))
    return " ".join(text.split())


def distance(a, b):
    """Levenshtein distance of two sequences."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        previous, row[0] = row[0], i + 1
        for j, y in enumerate(b):
            change = previous + (x != y)
            previous = row[j + 1]
            row[j + 1] = min(row[j] + 1, previous + 1, change)
    return row[-1]


def area(polygon):
    points = numpy.asarray(polygon, float)
    if len(points) < 3:
        return 0.0
    x, y = points.T
    return abs(float(numpy.dot(x, numpy.roll(y, -1)) - numpy.dot(y, numpy.roll(x, -1)))) / 2


def intersection(subject, clip):
    """Common part of two convex polygons with clockwise corners (Sutherland-Hodgman)."""
    polygon = [tuple(map(float, p)) for p in subject]
    for (ax, ay), (bx, by) in zip(clip, [*clip[1:], clip[0]]):
        side = [(bx - ax) * (y - ay) - (by - ay) * (x - ax) for x, y in polygon]
        kept = []
        for k, (point, s) in enumerate(zip(polygon, side)):
            before, t = polygon[k - 1], side[k - 1]
            if (s >= 0) != (t >= 0):
                share = t / (t - s)
                kept.append(tuple(p + share * (q - p) for p, q in zip(before, point)))
            if s >= 0:
                kept.append(point)
        polygon = kept
    return area(polygon)


def grow(quad, margin):
    """The quad with its sides moved outwards."""
    a, b, c, d = (numpy.asarray(p, float) for p in quad)
    along = (b - a) / max(float(numpy.linalg.norm(b - a)), 1e-9) * margin
    down = (d - a) / max(float(numpy.linalg.norm(d - a)), 1e-9) * margin
    return [tuple(p) for p in (a - along - down, b + along - down, c + along + down, d - along + down)]


def clockwise(quad):
    x, y = numpy.asarray(quad, float).T
    signed = float(numpy.dot(x, numpy.roll(y, -1)) - numpy.dot(y, numpy.roll(x, -1)))
    return list(quad) if signed >= 0 else list(quad)[::-1]


def box_quad(box):
    return clockwise([(p["x"], p["y"]) for p in box["quad"]["corners"]])


def reading_order(items, script):
    """Rows from the top; within a row from the side where the script starts."""
    if not items:
        return []
    middle = [numpy.asarray(quad, float).mean(axis=0) for quad, _ in items]
    height = numpy.median([area(q) / max(numpy.ptp(numpy.asarray(q, float)[:, 0]), 1) for q, _ in items])
    rows = []
    for k in sorted(range(len(items)), key=lambda k: middle[k][1]):
        if rows and middle[k][1] - middle[rows[-1][-1]][1] < height / 2:
            rows[-1].append(k)
        else:
            rows.append([k])
    sign = -1 if script == "arabic" else 1
    return [items[k][1] for row in rows for k in sorted(row, key=lambda k: sign * middle[k][0])]


def match(truth, boxes):
    """Marks found lines and true boxes; returns groups (line indices, box indices)."""
    lines = [(l["quad"], grow(l["quad"], MARGIN * l["size"])) for l in truth]
    quads = [box_quad(b) for b in boxes]
    covered, inside = [0.0] * len(lines), [0.0] * len(quads)
    parent = list(range(len(lines) + len(quads)))

    def root(k):
        while parent[k] != k:
            k = parent[k]
        return k

    for i, (tight, wide) in enumerate(lines):
        for j, quad in enumerate(quads):
            common = intersection(quad, tight)
            if common <= 0:
                continue
            covered[i] += common / max(area(tight), 1e-9)
            inside[j] += intersection(quad, wide) / max(area(quad), 1e-9)
            if common >= SAME * min(area(tight), area(quad)):
                parent[root(len(lines) + j)] = root(i)
    groups = defaultdict(lambda: ([], []))
    for i in range(len(lines)):
        groups[root(i)][0].append(i)
    for j in range(len(quads)):
        groups[root(len(lines) + j)][1].append(j)
    found = [c >= LINE_COVERED for c in covered]
    true = [share >= BOX_INSIDE for share in inside]
    return found, true, [g for g in groups.values() if g[0] and g[1]]


class Tally:
    """Counts of one slice (a script, a font, a size …)."""

    def __init__(self):
        self.counts = defaultdict(int)

    def add(self, **counts):
        for name, count in counts.items():
            self.counts[name] += count

    def ratio(self, part, whole):
        return self.counts[part] / self.counts[whole] if self.counts[whole] else None

    @property
    def recall(self):
        return self.ratio("found", "lines")

    @property
    def unread(self):
        return self.ratio("unread", "matched")

    @property
    def routing(self):
        return self.ratio("routed", "lettered")

    @property
    def cer(self):
        """Of lines that were found and read."""
        return self.ratio("errors", "characters")

    @property
    def words(self):
        """Of all lines: a missed or unread one has none right."""
        return self.ratio("words_right", "words")


def words_right(truth, read):
    """Length of the longest common subsequence of words."""
    a, b = truth.split(), read.split()
    row = [0] * (len(b) + 1)
    for x in a:
        previous = 0
        for j, y in enumerate(b):
            old = row[j + 1]
            row[j + 1] = previous + 1 if x == y else max(old, row[j])
            previous = old
    return row[-1]


def size_bucket(size):
    for low, high in ((0, 19), (20, 27), (28, 39), (40, 52)):
        if size <= high:
            return f"{max(low, 16)}-{high} px"
    return "above 52 px"


def slices(picture, line):
    script = line["script"]
    yield ("all", "all", script)
    yield ("size", size_bucket(line["size"]), script)
    yield ("font", line["font"], script)
    yield ("contrast", "light on dark" if line["light_on_dark"] else "dark on light", script)
    yield ("JPEG quality", str(picture["quality"] or "PNG"), script)
    yield ("noise", f"sigma {picture['noise']}", script)
    yield ("layout", picture["layout"], script)
    if script == "arabic":
        yield ("face", "not trained on" if line["font"] in ARABIC_UNSEEN else "trained on", script)
    if script == "any":
        arabic = any("٠" <= c <= "٩" for c in line["text"])
        yield ("numbers", "Arabic-Indic" if arabic else "ASCII", script)


def score(results, display):
    """`results`: pairs of a picture's truth and its `TextMetadata`. `display`: fonts that do not count
    for the slice `target`. Returns tallies by (kind, value, script), and boxes (true, all)."""
    tallies = defaultdict(Tally)
    boxes_true = boxes_all = 0

    def add(picture, line, **counts):
        for key in slices(picture, line):
            tallies[key].add(**counts)
        if line["font"] not in display:
            tallies["target", "text fonts", line["script"]].add(**counts)

    for picture, text in results:
        truth, boxes = picture["lines"], text["lines"]
        found, true, groups = match(truth, boxes)
        boxes_true, boxes_all = boxes_true + sum(true), boxes_all + len(true)
        for line, is_found in zip(truth, found):
            words = len(normalize(line["text"]).split())
            add(picture, line, lines=1, found=int(is_found), words=words)
        for line_ids, box_ids in groups:
            lines, group = [truth[i] for i in line_ids], [boxes[j] for j in box_ids]
            line = max(lines, key=lambda l: len(l["text"]))
            script = line["script"]
            read = [b for b in group if b["script"] != "unread"]
            add(picture, line, matched=1, unread=int(not read))
            if script != "any" and read:
                add(picture, line, lettered=1, routed=int(all(b["script"] == script for b in read)))
            if not read:
                continue
            expected = normalize(" ".join(reading_order([(l["quad"], l["text"]) for l in lines], script)))
            actual = normalize(" ".join(reading_order([(box_quad(b), b["text"]) for b in read], script)))
            add(picture, line, characters=len(expected), errors=distance(expected, actual),
                words_right=words_right(expected, actual))
    return tallies, (boxes_true, boxes_all)
