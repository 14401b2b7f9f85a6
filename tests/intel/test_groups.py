"""Groups of aliases in the database: guarded, redirected, the same in any order."""

import random
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longmark.core.errors import NotFound
from longmark.core.vocabulary import RefusalKind
from longmark.intel.models import Advisory, Alias, Intake, Link, Refusal, Subject, Vulnerability
from longmark.intel.queries import vulnerabilities
from tests.intel.records import CRITICAL, MEDIUM, NEW, archive, feed, nvd, osv, take

pytestmark = pytest.mark.django_db
LATER = "2024-07-01T00:00:00Z"


def groups() -> dict[str, tuple[list[str], list[str]]]:
    """Every live vulnerability with its ids and the records that speak of it."""
    return {
        row.name: (
            vulnerabilities.aliases_of(row),
            [one.record_id for one in vulnerabilities.advisories_of(row)],
        )
        for row in Vulnerability.objects.filter(merged_into=None).order_by("name")
        if Subject.objects.filter(vulnerability=row).exists()
    }


def test_aliases_make_one_vulnerability_under_the_cve(tmp_path):
    take(
        archive(osv("GHSA-1", aliases=["CVE-2024-0001"]), osv("PYSEC-1", aliases=["GHSA-1"])),
        tmp_path,
    )
    take(feed(nvd("CVE-2024-0001")), tmp_path)

    assert groups() == {
        "CVE-2024-0001": (
            ["CVE-2024-0001", "GHSA-1", "PYSEC-1"],
            ["CVE-2024-0001", "GHSA-1", "PYSEC-1"],
        )
    }


def test_name_that_was_merged_away_leads_on(tmp_path):
    take(archive(osv("GHSA-1")), tmp_path)
    before = vulnerabilities.vulnerability("GHSA-1")

    take(archive(osv("GHSA-1", aliases=["CVE-2024-0001"], modified=LATER)), tmp_path)

    found = vulnerabilities.vulnerability("GHSA-1")
    assert found.name == "CVE-2024-0001"
    assert vulnerabilities.vulnerability_by_id(before.pk) == found


def test_retracted_alias_splits_the_group_again(tmp_path):
    take(archive(osv("GHSA-1", aliases=["CVE-2024-0001"])), tmp_path)
    take(feed(nvd("CVE-2024-0001")), tmp_path)

    intake = take(archive(osv("GHSA-1", modified=LATER)), tmp_path)

    assert groups() == {
        "CVE-2024-0001": (["CVE-2024-0001"], ["CVE-2024-0001"]),
        "GHSA-1": (["GHSA-1"], ["GHSA-1"]),
    }
    assert intake.vulnerability_count == 2


def test_two_live_cves_are_never_joined_and_the_edge_is_reported(tmp_path):
    intake = take(
        archive(
            osv("GHSA-1", aliases=["CVE-2024-0001"]),
            osv("PYSEC-1", aliases=["GHSA-1"]),
            osv("GO-1", aliases=["CVE-2024-0002", "PYSEC-1"]),
        ),
        tmp_path,
    )

    assert set(groups()) == {"CVE-2024-0001", "CVE-2024-0002"}
    refusal = Refusal.objects.get(intake=intake, kind=RefusalKind.LINK)
    assert "two CVE ids" in refusal.reason


def test_notice_speaks_of_each_of_its_cves(tmp_path):
    take(archive(osv("DSA-1-1", upstream=["CVE-2024-0001", "CVE-2024-0002"])), tmp_path)

    assert groups() == {
        "CVE-2024-0001": (["CVE-2024-0001"], ["DSA-1-1"]),
        "CVE-2024-0002": (["CVE-2024-0002"], ["DSA-1-1"]),
    }


def test_cve_that_only_a_notice_named_is_withdrawn_with_it(tmp_path):
    take(archive(osv("DSA-1-1", upstream=["CVE-2024-0001", "CVE-2024-0002"])), tmp_path)

    take(archive(osv("DSA-1-1", upstream=["CVE-2024-0002"], modified=LATER)), tmp_path)

    assert set(groups()) == {"CVE-2024-0002"}
    assert vulnerabilities.vulnerability("CVE-2024-0001").state == "withdrawn"


def test_unknown_id_says_that_a_source_may_be_missing():
    with pytest.raises(NotFound, match="CVE-2031-0001 is known here"):
        vulnerabilities.vulnerability("CVE-2031-0001")


def test_rejected_cve_is_kept_and_says_what_replaced_it(tmp_path):
    text = [{"lang": "en", "value": "Rejected reason: duplicate of CVE-2024-0002."}]
    take(feed(nvd("CVE-2024-0001", vulnStatus="Rejected", descriptions=text)), tmp_path)

    found = vulnerabilities.vulnerability("CVE-2024-0001")
    assert (found.state, found.replaced_by) == ("rejected", "CVE-2024-0002")


def test_severity_of_the_cna_goes_before_that_of_nvd(tmp_path):
    metric = {"source": "nvd@nist.gov", "cvssData": {"vectorString": CRITICAL}}
    take(feed(nvd("CVE-2024-0001", metrics={"cvssMetricV31": [metric]})), tmp_path)
    nist = vulnerabilities.vulnerability("CVE-2024-0001")
    assert (nist.severity_score, nist.severity_source) == (9.8, "nvd: nvd@nist.gov")

    vector = [{"type": "CVSS_V3", "score": MEDIUM}]
    take(archive(osv("GHSA-1", aliases=["CVE-2024-0001"], severity=vector)), tmp_path)

    own = vulnerabilities.vulnerability("CVE-2024-0001")
    assert (own.severity_vector, own.severity_rating) == (MEDIUM, "medium")


def test_missing_severity_is_unscored(tmp_path):
    take(archive(osv("GHSA-1")), tmp_path)

    found = vulnerabilities.vulnerability("GHSA-1")
    assert (found.severity_score, found.severity_rating) == (None, "")


IDS = ["CVE-2024-0001", "CVE-2024-0002", "GHSA-1", "GHSA-2", "PYSEC-1", "GO-1"]
links = st.lists(st.sampled_from(IDS), max_size=2, unique=True)


def snapshot(records: list[dict[str, Any]], folder: Path, sizes: int) -> dict[str, Any]:
    for model in (Subject, Link, Alias, Advisory, Refusal, Intake):
        model.objects.all().delete()
    Vulnerability.objects.update(merged_into=None)
    Vulnerability.objects.all().delete()
    for start in range(0, len(records), sizes):
        take(archive(*records[start : start + sizes]), folder, filename=f"{start}.zip")
    return groups()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=st.fixed_dictionaries(dict.fromkeys(IDS, links)), seed=st.integers(0, 99))
def test_groups_do_not_depend_on_the_order_of_arrival(tmp_path, drawn, seed):
    records = [osv(one, aliases=[other for other in others if other != one], modified=NEW)
               for one, others in drawn.items()]  # fmt: skip
    together = snapshot(records, tmp_path, sizes=len(records))

    random.Random(seed).shuffle(records)  # noqa: S311

    assert snapshot(records, tmp_path, sizes=1) == together


def test_groups_stay_the_same_when_an_alias_comes_and_goes(tmp_path):
    take(archive(osv("GHSA-1"), osv("GHSA-2")), tmp_path)
    before = orjson.dumps(groups())

    take(archive(osv("GHSA-1", aliases=["GHSA-2"], modified=LATER)), tmp_path)
    assert set(groups()) == {"GHSA-1"}
    take(archive(osv("GHSA-1", modified="2024-08-01T00:00:00Z")), tmp_path)

    assert orjson.dumps(groups()) == before
