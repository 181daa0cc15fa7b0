"""The records of third-party files agree with the files, and none is left out.

    python3 -m unittest tests/metadata/test_sources.py
"""

import hashlib
import json
import re
import tomllib
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "models" / "sources"
SHA256 = re.compile("[0-9a-f]{64}")


def disagreements(record, content):
    """What a `[[file]]` says that is not so."""
    found = []
    if record["size"] != len(content):
        found.append(f"{record['path']}: size {len(content)}")
    if record["sha256"] != hashlib.sha256(content).hexdigest():
        found.append(f"{record['path']}: sha256")
    return found


class Sources(unittest.TestCase):
    def setUp(self):
        files = sorted(SOURCES.glob("*.toml"))
        records = [f for path in files for f in tomllib.loads(path.read_text())["file"]]
        # What is made where it is needed (`made`) is not here to compare.
        self.records = [record for record in records if "path" in record]

    def test_sizes_and_hashes_agree(self):
        for record in self.records:
            with self.subTest(record["path"]):
                self.assertEqual(disagreements(record, (ROOT / record["path"]).read_bytes()), [])

    def test_a_changed_file_is_noticed(self):
        record = self.records[0]
        content = bytearray((ROOT / record["path"]).read_bytes())
        content[-1] ^= 1
        self.assertEqual(disagreements(record, content), [f"{record['path']}: sha256"])
        self.assertEqual(len(disagreements(record, content[:-1])), 2)

    def test_every_weights_file_is_recorded_once(self):
        folder = ROOT / "models" / "metadata"
        weights = {p.name for p in folder.iterdir() if p.is_file()} - {"manifest.json", "README.md"}
        weights = sorted(name for name in weights if not name.endswith(".NOTICE.txt"))
        paths = [Path(record["path"]) for record in self.records]
        recorded = [path.name for path in paths if path.parts[:2] == ("models", "metadata")]
        self.assertEqual(sorted(recorded), weights)

    def test_packs_on_networks_of_others_are_recorded(self):
        paths = [record["path"] for record in self.records]
        for manifest in (ROOT / "models" / "packs").glob("*/manifest.json"):
            if json.loads(manifest.read_text())["family"] == "transfer":
                network = manifest.with_name("model.onnx").relative_to(ROOT)
                self.assertEqual(paths.count(str(network)), 1, network)

    def test_scripts_notices_and_origins_are_named(self):
        for record in self.records:
            with self.subTest(record["path"]):
                if record["made_by"] != "unchanged":
                    self.assertTrue((ROOT / record["made_by"]).is_file())
                self.assertTrue(record.get("from") or record.get("own"))
                for origin in record.get("from", []):
                    self.assertTrue(SHA256.fullmatch(origin["sha256"]))
                    for key in ("registry", "package", "version", "file", "license"):
                        self.assertTrue(origin[key], key)
                    if "notice" in origin:
                        folders = (SOURCES, ROOT / "models" / "metadata")
                        self.assertTrue(any((f / origin["notice"]).is_file() for f in folders))


if __name__ == "__main__":
    unittest.main()
