"""The match table does not depend on the order in which components and advisories arrived."""

from pathlib import Path
from random import Random

import pytest

from longmark.core.actors import SYSTEM
from longmark.core.matching import decide
from longmark.findings.models import Match
from longmark.findings.queries.candidates import candidates_of_components
from longmark.findings.services import following
from longmark.sboms.models import Component
from tests.findings.world import (
    an_sbom,
    criterion,
    match_advisories,
    match_all,
    match_table,
    nvd,
    osv,
    take_in,
)
from tests.world import NINE, a_release, an_item

pytestmark = pytest.mark.django_db

VERSIONS = ("0.9", "1.0-rc1", "1.0", "1.0.1", "1.1", "2.0", "2.10", "3.0a", "unknown", "nightly")
NAMES = ("zlib", "curl", "libmodbus", "openssl", "lwip")
CPES = ("zlib:zlib", "haxx:curl", "libmodbus:libmodbus", "openssl:openssl", "lwip_project:lwip")


def a_record(number: int, random: Random) -> dict[str, object]:
    """An advisory on some package, with one interval."""
    low, high = sorted(random.sample(VERSIONS[2:7], 2), key=VERSIONS.index)
    if random.random() < 0.4:
        name = random.choice(NAMES)
        return osv(f"PYSEC-{number}", "PyPI", name, {"introduced": low}, {"fixed": high})
    bounds = {"versionStartIncluding": low, "versionEndExcluding": high}
    return nvd(f"CVE-2024-{1000 + number}", criterion(random.choice(CPES), **bounds))


def a_purl(random: Random) -> str:
    kind = random.choice(("generic", "generic", "pypi"))
    return f"pkg:{kind}/{random.choice(NAMES)}@{random.choice(VERSIONS)}"


@pytest.mark.parametrize("seed", range(3))
def test_every_order_of_arrival_ends_in_the_same_table(seed: int, tmp_path: Path) -> None:
    random = Random(seed)  # noqa: S311 - repeatable on purpose
    records = [a_record(number, random) for number in range(14)]
    purls = sorted({a_purl(random) for _ in range(24)})
    item = an_item()
    take_in(tmp_path, *records[:7])
    first = an_sbom(a_release("1", item=item), *purls[:10])
    match_all([first])
    take_in(tmp_path, *records[7:])
    match_advisories()
    match_all([an_sbom(a_release("2", item=item), *purls[5:])])
    stepwise = match_table()

    Match.objects.all().delete()
    match_advisories()

    assert stepwise
    assert match_table() == stepwise


@pytest.mark.parametrize("seed", range(8))
def test_a_sweep_by_packages_ends_in_the_table_that_matching_one_by_one_does(
    seed: int, tmp_path: Path
) -> None:
    random = Random(seed)  # noqa: S311 - repeatable on purpose
    take_in(tmp_path, *(a_record(number, random) for number in range(20)))
    match_all([an_sbom(None, *sorted({a_purl(random) for _ in range(40)}))])
    one_by_one = with_evidence()

    Match.objects.all().delete()
    list(following.follow_everything(actor=SYSTEM, now=NINE))

    assert len(one_by_one) > 10
    assert with_evidence() == one_by_one


@pytest.mark.parametrize("seed", range(8))
def test_components_that_are_decided_together_are_what_each_is_singly(
    seed: int, tmp_path: Path
) -> None:
    random = Random(seed)  # noqa: S311 - repeatable on purpose
    take_in(tmp_path, *(a_record(number, random) for number in range(20)))
    match_all([an_sbom(None, *sorted({a_purl(random) for _ in range(40)}))])

    candidates = candidates_of_components(Component.objects.values_list("pk", flat=True))
    singly = {
        (who, vulnerability_id): (decision.verdict, decision.confidence)
        for who, vulnerability_ids in candidates.pairs.items()
        for vulnerability_id in vulnerability_ids
        if (decision := decide(candidates.subjects[who], candidates.claims[vulnerability_id]))
    }

    kept = Match.objects.values_list("component_id", "vulnerability_id", "verdict", "confidence")
    assert singly == {(who, pk): (verdict, trust) for who, pk, verdict, trust in kept}
    assert len(singly) > 10


def test_a_sweep_over_what_is_matched_already_changes_nothing_but_what_is_stale(
    tmp_path: Path,
) -> None:
    random = Random(1)  # noqa: S311 - repeatable on purpose
    take_in(tmp_path, *(a_record(number, random) for number in range(20)))
    match_all([an_sbom(None, *sorted({a_purl(random) for _ in range(40)}))])
    before = set(Match.objects.values_list("pk", flat=True))
    stale = Match.objects.order_by("pk")[3]
    Match.objects.filter(pk=stale.pk).update(verdict="fixed")

    outcomes = list(following.follow_everything(actor=SYSTEM, now=NINE))

    assert sum(one.match_count for one in outcomes) == 1
    assert set(Match.objects.values_list("pk", flat=True)) == before
    assert Match.objects.get(pk=stale.pk).verdict == stale.verdict


def test_a_sweep_removes_the_matches_of_what_no_advisory_names_any_more(tmp_path: Path) -> None:
    vulnerabilities = take_in(tmp_path, osv("PYSEC-1", "PyPI", "zlib", {"introduced": "0"}))
    match_all([an_sbom(None, "pkg:pypi/zlib@1.0", "pkg:pypi/curl@1.0")])
    assert Match.objects.count() == len(vulnerabilities) == 1
    elsewhere = osv("PYSEC-1", "PyPI", "lwip", {"introduced": "0"}, modified="2024-02-01T00:00:00Z")
    take_in(tmp_path, elsewhere)

    list(following.follow_everything(actor=SYSTEM, now=NINE))

    assert not Match.objects.exists()


def with_evidence() -> set[tuple[str, ...]]:
    """All matches in words, with the digests of what they rest on."""
    words = ("component__purl", "vulnerability__name", "verdict", "confidence", "evidence__digest")
    return set(Match.objects.values_list(*words))
