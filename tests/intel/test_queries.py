"""Reads of vulnerabilities: pages, search, statements, with their number of queries."""

from pathlib import Path

import pytest

from longmark.core.errors import NotFound
from longmark.intel.queries import intakes, vulnerabilities
from longmark.intel.queries.vulnerabilities import VulnerabilityFilters
from tests.intel.records import CRITICAL, archive, epss, feed, kev, nvd, osv, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(tmp_path: Path) -> None:
    metric = {"source": "nvd@nist.gov", "cvssData": {"vectorString": CRITICAL}}
    many = [nvd(f"CVE-2023-{number:04}", name="busybox:busybox") for number in range(40)]
    take(feed(nvd("CVE-2024-0001", metrics={"cvssMetricV31": [metric]}), *many), tmp_path)
    take(archive(osv("GHSA-1", aliases=["CVE-2024-0001"])), tmp_path)
    take(kev("CVE-2024-0001"), tmp_path)
    take(epss({"CVE-2024-0001": 0.9}), tmp_path)


@pytest.mark.parametrize("limit", [2, 30])
def test_page_costs_one_query_whatever_its_length(taken, limit, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = vulnerabilities.vulnerabilities_page(limit=limit)
        assert [row.title for row in page.items] and len(page.items) == limit


def test_pages_follow_each_other_without_gap(taken):
    names, after = [], None
    while True:
        page = vulnerabilities.vulnerabilities_page(after=after, limit=7)
        names += [row.name for row in page.items]
        after = page.next
        if after is None:
            break

    assert len(names) == len(set(names)) == 41


@pytest.mark.parametrize(
    "filters",
    [
        VulnerabilityFilters(text="CVE-2024"),
        VulnerabilityFilters(text="ghsa-1"),
        VulnerabilityFilters(text="about zlib"),
        VulnerabilityFilters(rating="critical"),
        VulnerabilityFilters(is_exploited=True),
        VulnerabilityFilters(minimum_epss=0.5),
        VulnerabilityFilters(package="npm:zlib"),
        VulnerabilityFilters(package="cpe:zlib:zlib"),
    ],
)
def test_filters_narrow_the_list(taken, filters):
    page = vulnerabilities.vulnerabilities_page(filters)

    assert [row.name for row in page.items] == ["CVE-2024-0001"]


@pytest.mark.parametrize("text", ["cve-2024-0001", "GHSA-1", "About zl"])
def test_search_finds_by_id_and_by_title(taken, text):
    assert [row.name for row in vulnerabilities.find_vulnerabilities(text)] == ["CVE-2024-0001"]


def test_search_is_bounded(taken):
    assert len(vulnerabilities.find_vulnerabilities("CVE-2023")) == 20
    assert vulnerabilities.find_vulnerabilities("  ") == []


def test_ranges_come_with_statement_and_advisory_in_one_query(taken, django_assert_num_queries):
    found = vulnerabilities.vulnerability("CVE-2024-0001")

    with django_assert_num_queries(1):
        ranges = vulnerabilities.ranges_of(found)
        seen = [
            (one.package, one.high_text, one.statement.tier, one.advisory.source) for one in ranges
        ]

    assert seen == [("npm:zlib", "< 2.0.0", 3, "osv"), ("cpe:zlib:zlib", "< 2.0", 6, "nvd")]
    assert [one.package for one in vulnerabilities.ranges_of(found, ["npm:zlib"])] == ["npm:zlib"]


def test_changes_of_an_intake_are_paged_with_their_vulnerabilities(
    taken, django_assert_num_queries
):
    intake = intakes.intakes_page().items[-1]

    with django_assert_num_queries(1):
        page = intakes.changes_page(intake, limit=10)
        names = [change.vulnerability.name for change in page.items]

    assert len(names) == 10
    assert sum(map(len, intakes.vulnerabilities_changed_by(intake))) == 41


def test_missing_rows_are_not_found():
    with pytest.raises(NotFound):
        vulnerabilities.vulnerability_by_id(1)
    with pytest.raises(NotFound):
        intakes.intake(1)
