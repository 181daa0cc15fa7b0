#!/usr/bin/env python3
"""Writes docs/api.md, the table of names in Rust, Kotlin and Swift, from the sources; or checks that it is up to date.

    python3 tests/api.py            checks; says what to do if it is not
    python3 tests/api.py --write    writes
"""

import argparse
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/api.md"

# One row each: what it is, and its types in Rust, Kotlin and Swift. A public type that stands in no row is an error.
ROWS = [
    ("The engine", "Classifier MetadataExtractor", "Epic EpicAndroid", "Epic"),
    ("Its options", "DecodeOptions Limits MetadataOptions", "EpicOptions", "EpicOptions"),
    ("Where a pack comes from", "Pack", "PackSource", "PackSource"),
    ("Where weights come from", "Weights", "WeightsSource", "WeightsSource"),
    ("What a pack says of itself", "Manifest Taxonomy Class", "PackInfo", "PackInfo ClassInfo"),
    ("A picture to classify", "ImageSource", "ImageSource BitmapSources UriSources", "ImageSource"),
    ("Pixels", "Pixels PixelBuffer", "PixelLayout", "PixelLayout PictureSize"),
    ("Channel order", "PixelFormat", "PixelFormat", "PixelFormat"),
    ("How pixels lie", "Orientation", "Orientation", "Orientation"),
    ("What the classifier says", "Verdict", "Verdict", "Verdict ClassScore"),
    ("Verdict and metadata", "Analysis", "Analysis", "Analysis"),
    ("Parts of the metadata", "Parts", "MetadataPart", "MetadataParts"),
    ("Metadata", "ImageMetadata MetadataRow Value", "ImageMetadata", "ImageMetadata MetadataColumn ColumnValue"),
    ("Colours", "ColorMetadata DominantColor", "DominantColor", "DominantColor"),
    ("Faces", "FaceMetadata", "FaceMetadata", "FaceMetadata"),
    ("A face", "Face", "Face", "Face"),
    ("Text", "TextMetadata", "TextMetadata", "TextMetadata"),
    ("Text of a script", "EnglishText ArabicText WordList", "ScriptText", "ScriptText"),
    ("A line of text", "TextLine Point", "TextLine Point", "TextLine Point"),
    ("Scripts", "Script", "Script", "Script"),
    ("An item of a scan", "ScanItem PlatformItem", "ScanItem", "ScanItem"),
    ("Opening items", "OpenItem OpenedItem", "ItemOpener OpenedItem", "ItemOpener OpenedItem"),
    ("How a scan runs", "BatchedOptions", "ScanOptions", "ScanOptions"),
    ("Cancelling, pausing", "TaskControl", "ScanControl", "ScanControl"),
    ("What a scan reports", "ScanResult Scanned", "ScanListener ScanEvent ScanResult", "ScanEvent ScanResult ScanOutcome"),
    ("Its counts", "ScanSummary", "ScanSummary", "ScanSummary"),
    ("The store", "Store Stamp", "Store", "Store"),
    ("A pass over a gallery", "", "GalleryScan", "GalleryScan"),
    ("The phone's pictures", "", "MediaStoreItems", "PhotoLibraryItems"),
    ("Background scans", "", "ScanJobService", "BackgroundScan"),
    ("Errors", "PictureError ClassifyError MetadataError PackError WeightsError StoreError AnalyzeError", "EpicException", "EpicError"),
    ("Log lines", "", "LogLevel LogSink", "LogLevel LogSink"),
]

# Public in Rust for the trainer and the command line; phones have no use for it.
RUST_FOLDERS = ["rust-core/core/src"]


@dataclass
class Type:
    """A public type and its public members, in the order of the source."""

    name: str
    members: list[str] = field(default_factory=list)

    def add(self, member: str) -> None:
        if member not in self.members:
            self.members.append(member)


def without_comments(text: str) -> str:
    """Code with comments and string contents blanked, so that braces count."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)
    return re.sub(r"//[^\n]*", "", text)


def kotlin() -> dict[str, Type]:
    types: dict[str, Type] = {}
    opens = re.compile(r"\b(?:class|interface|object)\s+(?P<name>\w+)[^{]*$")
    folder = ROOT / "android/library/src/main/kotlin/org/epicclassifier"
    for path in sorted(folder.rglob("*.kt")):
        if "internal" in path.relative_to(folder).parts:
            continue
        code = without_comments(path.read_text())
        outer = ""
        for found in re.finditer(
            r"^(?P<indent> *)public (?:(?:open|sealed|data|enum|fun|abstract) )*(?:class|interface|object) (?P<name>\w+)"
            r"(?P<rest>[^{\n]*(?:\([^)]*\))?)",
            code,
            re.MULTILINE,
        ):
            name = found["name"]
            if not found["indent"]:
                outer = types.setdefault(name, Type(name)).name
            else:
                types[outer].add(name)
        # Functions outside of a class stand in a class of this name for Java.
        holder = re.search(r'@file:JvmName\("(\w+)"\)', path.read_text())
        current = types.setdefault(holder.group(1), Type(holder.group(1))) if holder else None
        is_class = False
        for line in code.splitlines():
            if declared := re.match(r"(?:public |internal |private )?(?:\w+ )*(?:class|interface|object) (\w+)", line):
                is_class, current = True, types.get(declared.group(1))
            if current is None:
                continue
            for name in re.findall(
                r"\b(?:public|protected) (?:(?:suspend|open|override|const|abstract|inline) )*(?:fun|val|var) "
                r"(?:<[^>]*> )?(?:[\w.]+\.)?(?!interface\b)(\w+)",
                line,
            ):
                current.add(name)
            if not is_class:
                continue
            # Properties of a data class, and cases of an enumeration.
            for name in re.findall(r"^    (?:override )?val (\w+)", line):
                current.add(name)
            if "data class" in line:
                for name in re.findall(r"[(,] ?val (\w+)", line):
                    current.add(name)
            if case := re.match(r"    ([A-Z][A-Z0-9_]+)(?:\(.*\))?[,;]", line):
                current.add(case.group(1))
    return types


def swift() -> dict[str, Type]:
    types: dict[str, Type] = {}
    for path in sorted((ROOT / "ios/Sources/EpicClassifier").rglob("*.swift")):
        if path.parent.name == "Internal":
            continue
        code = without_comments(path.read_text())
        current, is_enum, is_protocol = "", False, False
        for line in code.splitlines():
            indent = len(line) - len(line.lstrip())
            base = 4 if path.parent.name == "Apple" else 0
            declared = re.match(r"\s*(public )?(?:final )?(extension|class|struct|enum|protocol) (\w+)", line)
            if declared and indent == base:
                current = declared.group(3)
                is_enum, is_protocol = declared.group(2) == "enum", declared.group(2) == "protocol"
                if declared.group(1):
                    types.setdefault(current, Type(current))
            elif declared and declared.group(1) and current in types:
                types[current].add(declared.group(3))
            found = re.match(r"\s*(?:@\w+ )*public (?:nonisolated |static |class )*(?:func|var|let) `?(\w+)", line)
            if found:
                types.setdefault(current, Type(current)).add(found.group(1))
            if is_enum and indent == base + 4:
                for case in re.findall(r"^\s*case `?(\w+)", line):
                    types[current].add(case)
            if is_protocol and current in types:
                for function in re.findall(r"^\s*func (\w+)", line):
                    types[current].add(function)
    return types


def rust() -> dict[str, Type]:
    types: dict[str, Type] = {}
    sources = [path for folder in RUST_FOLDERS for path in sorted((ROOT / folder).rglob("*.rs"))]
    codes = [without_comments(path.read_text()).split("#[cfg(test)]\nmod tests {")[0] for path in sources]
    for code in codes:
        for found in re.finditer(r"^pub (?:struct|enum|trait) (\w+)", code, re.MULTILINE):
            types.setdefault(found.group(1), Type(found.group(1)))
    for code in codes:
        current, kind = "", ""
        for line in code.splitlines():
            declared = re.match(r"(?:pub )?(struct|enum|trait|impl)(?:<[^>]*>)? (?:\w+(?:<[^>]*>)? for )?(\w+)", line)
            if declared:
                kind, current = declared.group(1), declared.group(2)
                if kind == "impl" and " for " in line:
                    current = ""
            elif line.startswith("}"):
                current = ""
            if current not in types:
                continue
            found = re.match(r"    pub (?:const )?(?:fn )?(\w+)", line)
            if found:
                types[current].add(found.group(1))
            if kind == "enum" and (case := re.match(r"    ([A-Z]\w*)", line)):
                types[current].add(case.group(1))
            if kind == "trait" and (function := re.match(r"    fn (\w+)", line)):
                types[current].add(function.group(1))
    return types


HEAD = """# Names in Rust, Kotlin and Swift

Types and their public members, side by side. The Kotlin and Swift libraries are shaped by hand over the same core: what is
spelled otherwise is spelled as each platform's readers expect it. Made from the sources by `python3 tests/api.py --write`, and checked by
the tests.

- Calls that work are `suspend` functions in Kotlin, with a `…Blocking` twin for Java, and `async` in Swift.
- Kotlin objects are closed, Swift's are freed with their last reference.
- Nested types and cases stand among the members.

| | Rust (`epic_core`) | Kotlin (`org.epicclassifier`) | Swift (`EpicClassifier`) |
|---|---|---|---|
"""


def cell(names: str, types: dict[str, Type]) -> str:
    parts = []
    for name in names.split():
        members = ", ".join(f"`{member}`" for member in types[name].members)
        parts.append(f"**`{name}`**" + (f": {members}" if members else ""))
    return "<br>".join(parts)


def page() -> str:
    languages = (rust(), kotlin(), swift())
    for language, types, column in zip(("Rust", "Kotlin", "Swift"), languages, range(1, 4)):
        named = {name for row in ROWS for name in row[column].split()}
        if missing := named - types.keys():
            sys.exit(f"tests/api.py: {language} has no public {', '.join(sorted(missing))}")
        if language != "Rust" and (extra := types.keys() - named):
            sys.exit(f"tests/api.py: no row for {', '.join(sorted(extra))} of {language}")
    rows = (
        f"| {what} | {cell(first, languages[0])} | {cell(second, languages[1])} | {cell(third, languages[2])} |\n"
        for what, first, second, third in ROWS
    )
    return HEAD + "".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/api.md")
    arguments = parser.parse_args()
    text = page()
    if arguments.write:
        PAGE.write_text(text)
    elif not PAGE.is_file() or PAGE.read_text() != text:
        print("docs/api.md is out of date: python3 tests/api.py --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
