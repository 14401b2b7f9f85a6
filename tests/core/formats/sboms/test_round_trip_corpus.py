"""Every real document that is taken goes out in every format, valid, and comes back."""

from collections import Counter
from pathlib import Path

import jsonschema_rs
import orjson
import pytest
from tests.core.formats.sboms.round_trips import losses, release_of, written
from tests.core.formats.sboms.test_corpus import documents

from longmark.core.formats.sboms import SbomInvalid
from longmark.core.formats.sboms.writing.formats import ExportFormat

pytestmark = pytest.mark.corpus

TAKEN = 1_235
"""Documents that our readers take; those of CycloneDX validate what we write by the schemas."""

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


@pytest.mark.parametrize("export_format", LOSSES)
def test_real_documents_come_back(corpus: Path, export_format: ExportFormat) -> None:
    lost: Counter[str] = Counter()
    taken = 0
    for _, content in documents(corpus / "sbom"):
        try:
            bom = release_of(content)
        except SbomInvalid:
            continue
        lost += losses(bom, export_format)
        taken += 1

    assert (taken, dict(lost)) == (TAKEN, LOSSES[export_format])


def test_spdx_json_follows_its_official_schema(corpus: Path) -> None:
    schema = orjson.loads((corpus / "schemas/spdx/2.3/spdx-schema.json").read_bytes())
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    found: Counter[str] = Counter()
    taken = 0
    for _, content in documents(corpus / "sbom"):
        try:
            bom = release_of(content)
        except SbomInvalid:
            continue
        tree = orjson.loads(written(bom, ExportFormat.SPDX_2_3_JSON))
        found.update(error.message[:100] for error in validator.iter_errors(tree))
        taken += 1

    assert (taken, dict(found)) == (TAKEN, {})
