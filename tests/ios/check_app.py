#!/usr/bin/env python3
"""Checks what no compiler looks at here: the photo app's strings, property lists and Xcode project."""

import json
import plistlib
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "ios/PhotoApp/App"
# What the Unicode CLDR says that Arabic tells apart.
PLURALS = {"en": {"one", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}}


def literals(code: str) -> list[str]:
    """String literals that SwiftUI looks up, with `%` for every interpolation."""
    calls = r"(?:Text|Button|Menu|Picker|Link|navigationTitle|String)\(\s*(?:localized: )?\"((?:\\\(.*?\)(?=[^)])|[^\"\\])*)\""
    found = re.findall(calls, code) + re.findall(r"\? \"(\w+)\" : \"(\w+)\"", code)
    flat = [text for entry in found for text in ([entry] if isinstance(entry, str) else entry)]
    return [blanked(text) for text in flat]


def blanked(text: str) -> str:
    """Interpolations, which may hold parentheses, as `%`."""
    result, index = "", 0
    while index < len(text):
        if text.startswith("\\(", index):
            depth, index = 1, index + 2
            while depth and index < len(text):
                depth += {"(": 1, ")": -1}.get(text[index], 0)
                index += 1
            result += "%"
        else:
            result += text[index]
            index += 1
    return result


def units(localization: dict) -> list[str]:
    if "stringUnit" in localization:
        return [localization["stringUnit"]["value"]]
    return [form["stringUnit"]["value"] for form in localization["variations"]["plural"].values()]


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%(?:\d\$)?(lld|@)", text))


def check_catalog(path: Path) -> tuple[set[str], list[str]]:
    faults = []
    strings = json.loads(path.read_text())["strings"]
    for key, entry in strings.items():
        localizations = entry["localizations"]
        if "ar" not in localizations:
            faults.append(f"{path.name}: no Arabic for {key!r}")
        for language, localization in localizations.items():
            if "variations" in localization:
                forms = set(localization["variations"]["plural"])
                if forms != PLURALS[language]:
                    faults.append(f"{path.name}: {key!r} in {language} has {sorted(forms)}")
                continue
            for text in units(localization):
                if placeholders(text) != placeholders(key) and "%" in key:
                    faults.append(f"{path.name}: {key!r} in {language} has other values: {text!r}")
    return set(strings), faults


def main() -> int:
    catalog, faults = check_catalog(APP / "Localizable.xcstrings")
    faults += check_catalog(APP / "InfoPlist.xcstrings")[1]
    known = {re.sub(r"%(?:lld|@)", "%", key) for key in catalog}
    used = [text for path in sorted(APP.glob("*.swift")) for text in literals(path.read_text())]
    for text in used:
        if text not in known:
            faults.append(f"no string {text!r} in the catalog")
    taxonomy = json.loads((ROOT / "models/packs/transfer-epic10/manifest.json").read_text())["taxonomy"]
    for name in (entry["name"] for entry in taxonomy["classes"]):
        if f"class_{name}" not in catalog:
            faults.append(f"no name for the class {name}")

    for path in (APP / "Info.plist", ROOT / "ios/Sources/EpicClassifier/Resources/PrivacyInfo.xcprivacy"):
        plistlib.loads(path.read_bytes())
    project = (ROOT / "ios/PhotoApp/PhotoApp.xcodeproj/project.pbxproj").read_text()
    defined = set(re.findall(r"^\t\t(E91C\w{20})(?: /\*.*?\*/)? = \{", project, re.MULTILINE))
    if missing := set(re.findall(r"E91C\w{20}", project)) - defined:
        faults.append(f"the Xcode project refers to {sorted(missing)}, which are not there")
    if project.count("{") != project.count("}") or project.count("(") != project.count(")"):
        faults.append("the Xcode project's brackets do not match")

    print(f"{len(used)} strings of the app, {len(catalog)} in the catalog, {len(defined)} objects in the project")
    for fault in faults:
        print(f"FAULT: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
