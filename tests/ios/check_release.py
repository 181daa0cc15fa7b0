#!/usr/bin/env python3
"""The package of a release, as SwiftPM reads it (`swift package dump-package` on standard input): the library by
address and checksum, every other target with its sources, nothing of the tests.

    … dump-package | python3 tests/ios/check_release.py FOLDER URL CHECKSUM
"""

import json
import sys
from pathlib import Path


def main() -> None:
    folder, url, checksum = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    targets = {target["name"]: target for target in json.load(sys.stdin)["targets"]}
    binary = targets.pop("CEpic")
    assert (binary["type"], binary["url"], binary["checksum"]) == ("binary", url, checksum), binary
    assert set(targets) == {"EpicFFI", "EpicClassifier"}, sorted(targets)
    for name, target in targets.items():
        assert target["type"] == "regular", target
        # Packages with unsafe flags cannot be depended on.
        assert not target["settings"], target
        assert any((folder / "Sources" / name).glob("**/*.swift")), f"{name} has no sources"
        for resource in target["resources"]:
            assert (folder / "Sources" / name / resource["path"]).is_file(), resource
    print("the package of a release is whole")


main()
