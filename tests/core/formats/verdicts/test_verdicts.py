"""Every real document gets a clear verdict, and the same as before."""

import json
from pathlib import Path

import pytest
from tests.core.formats.verdicts import judging
from tests.core.formats.verdicts.judging import Table, expectation

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def table(corpus: Path) -> Table:
    return judging.judged(corpus)


def test_every_refusal_says_why_in_a_sentence(table: Table) -> None:
    assert table.unclear == []


def test_every_folder_is_judged_as_before(table: Table) -> None:
    assert table.plain() == json.loads(judging.EXPECTED.read_text(encoding="utf-8"))


def test_nothing_that_its_suite_calls_valid_is_refused(table: Table) -> None:
    surprises = {
        name: folder.surprising["valid, and refused"] for name, folder in table.folders.items()
    }

    assert not any(surprises.values())


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("sbom/cyclonedx-spec-tests/1.6/invalid-x-1.6.json", "invalid"),
        ("sbom/cyclonedx-spec-tests/1.6/valid-x-1.6.xml", "valid"),
        ("csaf/validator-suite/csaf_2.0/data/mandatory/x-6-1-31-09.json", "invalid"),
        ("csaf/validator-suite/csaf_2.0/data/mandatory/x-6-1-31-11.json", "valid"),
        ("csaf/validator-suite/secvisogram/a/failing/01.json", "invalid"),
        ("csaf/examples/x-01.json", ""),
    ],
)
def test_suites_say_what_is_expected(place: str, expected: str) -> None:
    assert expectation(place) == expected
