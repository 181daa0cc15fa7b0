"""Makes words_english.tsv.z: word forms, how rare they are, and their lemmas.

    python3 models/metadata/make/words_english.py SPACY_LOOKUPS_DATA.whl LEMMINFLECT.whl

The wheels are those of models/sources/words.toml (`pip download --no-deps`).

Lemmas come from lemminflect's table of forms. A form of several parts of speech gets the
lemma that is most frequent in running text (`saw`: see, not saw). Frequencies come from
spaCy's lexeme probabilities. wordsegment's counts are not used: they stem from a corpus
whose agreement allows research and education only.

Format: zlib; lines sorted by form (bytes), `form TAB cost TAB lemma`: cost is -8 ln p
rounded, 0 to 255; an empty lemma is the form itself.
"""

import gzip
import json
import math
import re
import sys
import zipfile
import zlib
from pathlib import Path

OUTPUT = Path(__file__).resolve().parent.parent / "words_english.tsv.z"
EXTRA = Path(__file__).with_name("words_extra.txt")
PROBABILITIES = "spacy_lookups_data/data/en_lexeme_prob.json.gz"
LEMMAS = "lemminflect/resources/lemma_lu.csv.gz"

STEPS_PER_NAT = 8
WORD = re.compile("[a-z]{1,24}")
# ln p of a form that the frequencies lack: rarer than the rarest listed.
UNSEEN = -21.0
# Common in the galleries that this is for.
EXTRA_WORD = -11.5
# Below it a form outside the dictionary is as often a slip as a word.
RAREST_OUTSIDE_DICTIONARY = -15.0
# Nats by which a form outside the dictionary must beat the words that it can be parted into.
GLUED_MARGIN = 2.0
# Other pieces of one or two letters would part names and abbreviations into nonsense; the
# reader takes shorter forms only from this list.
SHORT = set(
    "a i ad ah am an as at be by do eh go ha he hi id if in is it la me my no of oh ok on or "
    "pc pm so to tv uk up us vs we".split()
)


def frequencies(wheel):
    table = json.loads(gzip.decompress(wheel.read(PROBABILITIES)))
    sums = {}
    for token, ln_p in table.items():
        form = token.lower()
        if WORD.fullmatch(form):
            sums[form] = sums.get(form, 0.0) + math.exp(ln_p)
    return {form: math.log(p) for form, p in sums.items()}


def dictionary(wheel):
    lemmas = {}
    for line in gzip.decompress(wheel.read(LEMMAS)).decode("utf-8").splitlines():
        form, _, candidates = line.split(",")
        form, lemma = form.lower(), candidates.split("/")[0].lower()
        if WORD.fullmatch(form) and WORD.fullmatch(lemma):
            lemmas.setdefault(form, []).append(lemma)
    return lemmas


def is_glued(form, ln_p, known):
    """Whether two dictionary words, three letters or more each, explain the form better."""
    splits = range(3, len(form) - 2)
    pairs = ((known.get(form[:at]), known.get(form[at:])) for at in splits)
    best = max((a + b for a, b in pairs if a is not None and b is not None), default=-99.0)
    return best + GLUED_MARGIN > ln_p


def main():
    spacy, lemminflect = (zipfile.ZipFile(path) for path in sys.argv[1:3])
    ln_p, lemmas = frequencies(spacy), dictionary(lemminflect)
    extra = {
        line for line in EXTRA.read_text().split("\n") if line and not line.startswith("#")
    }
    known = {form: ln_p[form] for form in lemmas if form in ln_p}
    rows = {}
    for form in lemmas.keys() | extra | ln_p.keys():
        p = ln_p.get(form, UNSEEN)
        if len(form) < 3 and form not in SHORT and form not in lemmas:
            continue
        if form in extra:
            p = max(p, EXTRA_WORD)
        elif form not in lemmas:
            if p < RAREST_OUTSIDE_DICTIONARY or is_glued(form, p, known):
                continue
        # The order of the table breaks ties, so that the result does not depend on hashing.
        candidates = lemmas.get(form, [form])
        lemma = max(candidates, key=lambda candidate: ln_p.get(candidate, UNSEEN))
        cost = min(255, round(-p * STEPS_PER_NAT))
        rows[form] = f"{form}\t{cost}\t{'' if lemma == form else lemma}\n"
    text = "".join(rows[form] for form in sorted(rows)).encode("ascii")
    OUTPUT.write_bytes(zlib.compress(text, 9))
    print(f"{len(rows)} forms, {len(text)} bytes, {OUTPUT.stat().st_size} compressed")


if __name__ == "__main__":
    main()
