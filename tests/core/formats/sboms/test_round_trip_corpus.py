"""Every real document that is taken goes out in every format, valid, and comes back."""

from collections import Counter
from pathlib import Path

import pytest
from tests.core.formats.sboms.round_trips import losses, release_of
from tests.core.formats.sboms.test_corpus import documents

from longmark.core.formats.sboms import SbomInvalid
from longmark.core.formats.sboms.writing.formats import ExportFormat

pytestmark = pytest.mark.corpus

TAKEN = 1_235
"""Documents that our readers take; our own readers validate what we write by the schemas."""

# What does not come back as it went, by format: component facts, of about 135,000 components.
LOSSES: dict[ExportFormat, dict[str, int]] = {
    ExportFormat.CYCLONEDX_1_6_JSON: {},
    ExportFormat.CYCLONEDX_1_7_JSON: {},
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
