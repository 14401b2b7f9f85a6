"""Facts of a large SBOM are read from its outline, and are those of the whole."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.core.formats.facts.test_reading import analysed, assessed, cyclonedx, spdx3

from longmark.core.formats.facts import Facts, facts_in_sbom

NESTED = {"type": "library", "bom-ref": "inner", "name": "zlib", "purl": "pkg:generic/zlib@1.2"}
OUTER = {"type": "firmware", "bom-ref": "outer", "name": "fw", "components": [NESTED]}
RECIPE = {"SPDXID": "SPDXRef-1", "name": "cairo", "versionInfo": "1.16.0",
          "sourceInfo": "CVEs fixed: CVE-2020-35492", "description": "d"}  # fmt: skip
TIE = {"type": "Relationship", "spdxId": "urn:t", "from": "urn:p", "to": ["urn:q"],
       "relationshipType": "dependsOn"}  # fmt: skip
SBOMS: list[Any] = [
    cyclonedx(analysed("not_affected", justification="code_not_present"), analysed("exploitable")),
    cyclonedx(analysed("resolved", "inner")) | {"components": [OUTER]},
    spdx3(TIE, assessed("Fixed"), assessed("NotAffected"), TIE),
    {"spdxVersion": "SPDX-2.2", "packages": [{"name": "x"}, RECIPE], "relationships": [{}]},
    cyclonedx(analysed("resolved")) | {"components": "none"},
    cyclonedx(analysed("resolved")) | {"vulnerabilities": [7, analysed("resolved")]},
    {"spdxVersion": "SPDX-2.2", "packages": [{"sourceInfo": 7}, None]},
]


def in_outline(content: bytes, monkeypatch: pytest.MonkeyPatch) -> Facts | None:
    with monkeypatch.context() as patched:
        patched.setattr("longmark.core.formats.facts.reading.LARGE_BYTES", 0)
        return facts_in_sbom(content)


@pytest.mark.parametrize("document", SBOMS)
def test_an_outline_tells_what_the_whole_does(document: Any, monkeypatch: pytest.MonkeyPatch):
    content = json.dumps(document).encode()

    assert in_outline(content, monkeypatch) == facts_in_sbom(content)


def test_something_is_told(monkeypatch: pytest.MonkeyPatch):
    told = [in_outline(json.dumps(each).encode(), monkeypatch) for each in SBOMS[:4]]

    assert [len(each.assertions) if each else 0 for each in told] == [2, 1, 2, 1]


@pytest.mark.corpus
def test_real_documents_tell_the_same_in_outline(corpus: Path, monkeypatch: pytest.MonkeyPatch):
    files = [*(corpus / "sbom").rglob("*.json"), *(corpus / "vex").rglob("*.json")]
    contents = [each.read_bytes() for each in files if each.stat().st_size < 8 << 20]
    differing = [
        each[:80] for each in contents if in_outline(each, monkeypatch) != facts_in_sbom(each)
    ]

    assert (len(contents) > 100, differing) == (True, [])
