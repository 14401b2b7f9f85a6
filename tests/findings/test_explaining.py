"""Why, or why not, asked of what is stored: over REST, by page and by command."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from django.test import Client

from longmark.core.actors import SYSTEM, Role
from longmark.core.errors import NotFound
from longmark.core.matching import Verdict
from longmark.findings.models import Match
from longmark.findings.queries.explaining import explain
from longmark.intel.services.intakes import import_file
from tests.findings.test_csaf import a_document, a_product
from tests.findings.test_symmetry import a_purl, a_record
from tests.findings.world import an_sbom, criterion, match_all, nvd, take_in
from tests.world import NINE

pytestmark = pytest.mark.django_db(transaction=True)

ZLIB = "pkg:generic/zlib@1.2.12"
BELOW = nvd("CVE-2024-0001", criterion("zlib:zlib", versionEndIncluding="1.2.12"))


def test_an_answer_tells_each_source_and_what_would_change_it(
    tmp_path: Path, caller: Callable[..., Client]
) -> None:
    take_in(tmp_path, BELOW)

    answer = caller(Role.VIEWER).get(
        "/api/v1/explain", {"component": ZLIB, "advisory": "CVE-2024-0001"}
    )

    found = answer.json()
    assert (found["verdict"], found["confidence"]) == ("affected", "medium")
    assert [one["rule"] for one in found["trail"]] == ["component", "record", "statement"]
    assert found["trail"][-1]["facts"]["interval"] == "[0, 1.2.12]"
    assert found["would_change"][0] == "A version above 1.2.12."


def test_a_near_miss_is_told_though_nothing_is_stored(tmp_path: Path) -> None:
    take_in(tmp_path, BELOW)

    found = explain("pkg:generic/zlib@1.2.13", "CVE-2024-0001")

    assert not Match.objects.exists()
    assert found.answer.verdict is Verdict.NOT_AFFECTED
    assert [str(one) for one in found.answer.hints] == ["A version in [0, 1.2.12]."]


def test_a_stored_component_is_asked_by_its_id(tmp_path: Path) -> None:
    take_in(tmp_path, BELOW)
    match_all([an_sbom(None, ZLIB)])
    match = Match.objects.get()

    found = explain(str(match.component_id), "cve-2024-0001")

    assert (found.answer.verdict, found.answer.confidence) == (match.verdict, match.confidence)


def test_a_document_is_asked_by_its_own_id(tmp_path: Path) -> None:
    path = tmp_path / "acme-1.json"
    path.write_text(
        json.dumps(
            a_document(
                CVE_2024_0001={"known_affected": ["Frob"]},
                CVE_2024_0002={"known_affected": ["Wibble"]},
            )
        )
    )
    import_file(path, actor=SYSTEM, now=NINE)
    frob = a_product("frob", "1.0")["cpe"]

    verdicts = {one: explain(frob, one).answer.verdict for one in
                ("CVE-2024-0001", "CVE-2024-0002", "ACME-1")}  # fmt: skip

    assert verdicts == {
        "CVE-2024-0001": Verdict.AFFECTED,
        "CVE-2024-0002": Verdict.NOT_AFFECTED,
        "ACME-1": Verdict.AFFECTED,
    }


def test_an_unknown_advisory_or_component_is_said_so(caller: Callable[..., Client]) -> None:
    asked = {"component": ZLIB, "advisory": "CVE-2099-1"}

    answer = caller(Role.VIEWER).get("/api/v1/explain", asked)

    assert answer.status_code == 404
    assert "No advisory CVE-2099-1 is known here" in answer.json()["detail"]
    with pytest.raises(NotFound):
        explain("00000000-0000-4000-8000-000000000000", "CVE-2099-1")


@pytest.mark.parametrize("seed", range(3))
def test_every_stored_match_is_verified_by_asking_again(seed: int, tmp_path: Path) -> None:
    random = Random(seed)  # noqa: S311 - repeatable on purpose
    take_in(tmp_path, *(a_record(number, random) for number in range(14)))
    match_all([an_sbom(None, *sorted({a_purl(random) for _ in range(24)}))])

    for match in Match.objects.select_related("vulnerability"):
        found = explain(str(match.component_id), match.vulnerability.name).answer
        assert (found.verdict, found.confidence) == (match.verdict, match.confidence)
    assert Match.objects.exists()
