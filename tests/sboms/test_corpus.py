"""Real documents of every format go through to the database, on both kinds."""

from pathlib import Path

import pytest

from longmark.core.actors import SYSTEM
from longmark.core.formats.sboms import SbomInvalid
from longmark.sboms import queries
from longmark.sboms.models import Coordinate
from longmark.sboms.services import documents as services
from tests.core.formats.sboms.test_corpus import documents
from tests.world import NINE, a_release

pytestmark = [pytest.mark.corpus, pytest.mark.django_db]

FOLDERS = {
    "cyclonedx-spec-tests/1.7": 81,
    "embedded": 16,
    "spdx-examples": 47,
    "spdx-tools-tests": 5,
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_document_that_is_read_is_recorded(corpus: Path, folder: str):
    release = a_release()
    for name, content in documents(corpus / "sbom" / folder):
        try:
            services.add_document(release, content, filename=name, actor=SYSTEM, now=NINE)
        except SbomInvalid as refusal:
            assert str(refusal)  # which ones, the readers' own corpus test says

    taken = queries.documents_of(release)
    assert len(taken) == FOLDERS[folder]
    assert queries.quality(release).component_count == sum(each.component_count for each in taken)
    assert Coordinate.objects.exclude(key=None).exists()
