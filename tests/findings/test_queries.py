"""What pages ask about findings, and how many queries that takes."""

from datetime import timedelta
from pathlib import Path

import pytest

from longmark.core.errors import NotFound
from longmark.core.formats.sboms import read_sbom
from longmark.core.matching import Verdict
from longmark.findings.models import Finding
from longmark.findings.queries import checks
from longmark.findings.queries import findings as queries
from longmark.intel.models import Vulnerability
from tests.findings.world import (
    an_sbom,
    criterion,
    match_all,
    nvd,
    refresh,
    sbom_bytes,
    take_in,
)
from tests.world import NINE, a_release, an_item

pytestmark = pytest.mark.django_db

MODBUS = nvd("CVE-2022-0367", criterion("libmodbus:libmodbus", versionEndExcluding="3.1.7"))
ZLIB = nvd("CVE-2022-37434", criterion("zlib:zlib", versionEndIncluding="1.2.12"))
OLD, UNSTATED, OLD_ZLIB = (
    "pkg:generic/libmodbus@3.1.6",
    "pkg:generic/libmodbus",
    "pkg:generic/zlib@1.2.12",
)


@pytest.fixture
def modbus(tmp_path: Path) -> Vulnerability:
    """Release 1 is affected by both vulnerabilities; of release 2 one is unknown."""
    take_in(tmp_path, MODBUS, ZLIB)
    item = an_item()
    releases = [a_release("1", item=item), a_release("2", item=item)]
    match_all([an_sbom(releases[0], OLD, OLD_ZLIB), an_sbom(releases[1], UNSTATED)])
    refresh(*releases)
    return Vulnerability.objects.get(name="CVE-2022-0367")


def test_a_vulnerability_lists_its_releases_with_the_reason(modbus: Vulnerability) -> None:
    affected, unknown = queries.releases_affected(modbus)

    assert (affected.release.version, affected.finding.verdict) == ("1", "affected")
    assert (unknown.release.version, unknown.finding.verdict) == ("2", "unknown")
    assert affected.sentence == (
        "pkg:generic/libmodbus@3.1.6 lies in [0, 3.1.7) of CVE-2022-0367 from NVD"
        " (as libmodbus:libmodbus, one of its known names; compared as generic)."
    )
    assert unknown.components[0].explanation.qualifications == ("its version is not stated",)


def test_releases_affected_take_three_queries(
    modbus: Vulnerability, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert len(queries.releases_affected(modbus)) == 2


def test_a_finding_says_why(modbus: Vulnerability) -> None:
    finding = Finding.objects.get(vulnerability=modbus, release__version="1")

    (matched,) = queries.why(queries.finding(finding.pk))

    assert matched.component.purl == OLD
    assert [step.record for step in matched.explanation.steps] == ["CVE-2022-0367"]


def test_a_finding_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        queries.finding(1)


def test_findings_of_a_release_come_worst_first(modbus: Vulnerability) -> None:
    Vulnerability.objects.filter(pk=modbus.pk).update(severity_score=5.0)
    Vulnerability.objects.exclude(pk=modbus.pk).update(severity_score=9.8)
    release = Finding.objects.filter(release__version="1")[0].release

    first = queries.findings_page(release=release, limit=1)
    second = queries.findings_page(release=release, limit=1, after=first.next)

    assert [page.items[0].vulnerability.name for page in (first, second)] == [
        "CVE-2022-37434",
        "CVE-2022-0367",
    ]
    assert second.next is None


def test_findings_can_be_chosen_by_verdict(modbus: Vulnerability) -> None:
    page = queries.findings_page(vulnerability=modbus, verdicts=[Verdict.UNKNOWN])

    assert [finding.release.version for finding in page.items] == ["2"]


def test_counts_hold_every_release_that_was_asked_for(modbus: Vulnerability) -> None:
    ids = list(queries.release_ids_affected(modbus))

    counts = queries.finding_counts([*ids, 99])

    assert [(one.affected, one.unknown, one.exploited) for one in counts.values()] == [
        (2, 0, 0),
        (0, 1, 0),
        (0, 0, 0),
    ]


def test_what_changed_since_yesterday_has_the_exploited_first(modbus: Vulnerability) -> None:
    Vulnerability.objects.filter(name="CVE-2022-37434").update(exploited_on=NINE.date())

    changed = queries.vulnerabilities_changed_since(NINE - timedelta(days=1))

    assert [(row.vulnerability.name, row.affected_count, row.unknown_count) for row in changed] == [
        ("CVE-2022-37434", 1, 0),
        ("CVE-2022-0367", 1, 1),
    ]
    assert not queries.vulnerabilities_changed_since(NINE)


def test_what_became_exploited_has_changed(modbus: Vulnerability) -> None:
    tomorrow = (NINE + timedelta(days=1)).date()
    Vulnerability.objects.filter(pk=modbus.pk).update(exploited_on=tomorrow)

    (changed,) = queries.vulnerabilities_changed_since(NINE)

    assert changed.vulnerability == modbus


def test_components_and_vulnerabilities_are_found_from_either_side(modbus: Vulnerability) -> None:
    found = queries.components_matched(modbus)

    assert [one.component.purl for one in found] == [OLD, UNSTATED]
    assert [match.vulnerability for match in queries.matches_page(found[0].component).items] == [
        modbus
    ]


def test_findings_of_several_releases_are_one_list(modbus: Vulnerability) -> None:
    ids = list(queries.release_ids_affected(modbus))

    assert len(queries.vulnerabilities_of_releases(ids)) == 3


def test_an_sbom_is_checked_without_being_stored(modbus: Vulnerability) -> None:
    document = read_sbom(sbom_bytes(UNSTATED, "pkg:generic/libmodbus@3.0.4", "pkg:npm/a@1"))

    found = [one.checked for one in checks.check_document(document)]

    assert [(one.place, one.verdict) for one in found] == [(1, "affected"), (0, "unknown")]
    assert "[0, 3.1.7) of CVE-2022-0367" in found[0].explanation.text
