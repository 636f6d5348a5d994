"""The tests that the documents name as proof exist."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
# "`a_test` in `tests/file.rs`", "`a_test` and `another` in `tests/file.rs`"
PROOF = re.compile(r"((?:`\w+`(?:,| and|, and)?\s+)+)in\s+`([\w./-]+\.(?:rs|py))`")


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_every_test_named_in_a_document_exists(document):
    missing = []
    for names, path in PROOF.findall(document.read_text()):
        source = (ROOT / path).read_text() if (ROOT / path).exists() else ""
        missing += [f"{name} in {path}" for name in re.findall(r"\w+", names) if name != "and" and name not in source]
    assert not missing
