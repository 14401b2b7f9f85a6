"""Every real document that is taken goes out in a format, valid, and comes back.

Each document goes through one of the formats; with ``LONGMARK_CORPUS_WHOLE=1`` through all of
them, which takes minutes.
"""

import os
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import jsonschema_rs
import orjson
import pytest
from tests.core.formats.sboms.round_trips import losses, release_of, written
from tests.core.formats.sboms.test_corpus import documents

from longmark.core.formats.sboms import SbomInvalid
from longmark.core.formats.sboms.writing.formats import ExportFormat
from longmark.core.formats.sboms.writing.release import ReleaseBom

pytestmark = pytest.mark.corpus

TAKEN = 1_235
"""Documents that our readers take; those of CycloneDX validate what we write by the schemas."""

IS_WHOLE = os.environ.get("LONGMARK_CORPUS_WHOLE") == "1"

NAMELESS = {"name": 5}
"""SPDX wants a name of everything: the components without one are called NOASSERTION."""

# What does not come back as it went, by format: component facts, of about 135,000 components.
LOSSES: dict[ExportFormat, dict[str, int]] = {
    ExportFormat.CYCLONEDX_1_6_JSON: {},
    ExportFormat.CYCLONEDX_1_6_XML: {},
    ExportFormat.CYCLONEDX_1_7_JSON: {},
    ExportFormat.CYCLONEDX_1_7_XML: {},
    ExportFormat.SPDX_2_3_JSON: NAMELESS,
    ExportFormat.SPDX_2_3_TAG_VALUE: NAMELESS,
    ExportFormat.SPDX_3_0_1_JSON_LD: NAMELESS,
}


def releases(corpus: Path, share: int) -> Iterator[ReleaseBom]:
    """Read the documents of one share in as many as there are formats; all of them if asked."""
    found = documents(corpus / "sbom")
    for _, content in found if IS_WHOLE else islice(found, share, None, len(LOSSES)):
        try:
            yield release_of(content)
        except SbomInvalid:
            continue


def is_enough(taken: int) -> bool:
    """Tell whether no more documents were refused than of all of them."""
    return taken == TAKEN if IS_WHOLE else taken > TAKEN / len(LOSSES) / 2


@pytest.mark.parametrize(("share", "export_format"), list(enumerate(LOSSES)))
def test_real_documents_come_back(corpus: Path, share: int, export_format: ExportFormat) -> None:
    lost: Counter[str] = Counter()
    taken = 0
    for bom in releases(corpus, share):
        lost += losses(bom, export_format)
        taken += 1

    assert is_enough(taken)
    assert not lost - Counter(LOSSES[export_format])
    assert not IS_WHOLE or dict(lost) == LOSSES[export_format]


def test_spdx_json_follows_its_official_schema(corpus: Path) -> None:
    schema = orjson.loads((corpus / "schemas/spdx/2.3/spdx-schema.json").read_bytes())
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    found: Counter[str] = Counter()
    taken = 0
    for bom in releases(corpus, share=0):
        tree = orjson.loads(written(bom, ExportFormat.SPDX_2_3_JSON))
        found.update(error.message[:100] for error in validator.iter_errors(tree))
        taken += 1

    assert is_enough(taken)
    assert not found
