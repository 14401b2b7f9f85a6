"""KEV and EPSS: shown on vulnerabilities, kept as history, in whatever order they come."""

import gzip
from datetime import date

import pytest

from longmark.intel.models import EpssScore, Signal
from longmark.intel.queries import intakes as queries
from longmark.intel.queries import vulnerabilities
from tests.intel.records import archive, epss, feed, kev, nvd, osv, take

pytestmark = pytest.mark.django_db

ONE, TWO = "CVE-2024-0001", "CVE-2024-0002"


def test_exploitation_is_shown_whichever_comes_first(tmp_path):
    take(feed(nvd(ONE)), tmp_path)
    take(kev(ONE, TWO), tmp_path)
    take(feed(nvd(TWO)), tmp_path)

    for name in (ONE, TWO):
        assert vulnerabilities.vulnerability(name).exploited_on == date(2024, 5, 5)


def test_alias_shows_the_exploitation_of_its_cve(tmp_path):
    take(kev(ONE), tmp_path)
    take(archive(osv("GHSA-1", aliases=[ONE])), tmp_path)

    assert vulnerabilities.vulnerability("GHSA-1").is_exploited


def test_entry_that_leaves_the_catalogue_is_ended_and_kept(tmp_path):
    take(feed(nvd(ONE)), tmp_path)
    take(kev(ONE, TWO), tmp_path)

    intake = take(kev(TWO, version="2024.07.01", released="2024-07-01T00:00:00Z"), tmp_path)

    assert Signal.objects.get(identifier=ONE).ended_at is not None
    assert vulnerabilities.vulnerability(ONE).exploited_on is None
    assert [
        one.noted_on for one in vulnerabilities.exploitation_of(vulnerabilities.vulnerability(ONE))
    ]
    assert intake.vulnerability_count == 1


def test_entry_that_comes_back_is_open_again(tmp_path):
    take(feed(nvd(ONE)), tmp_path)
    for month, listed in ((5, [ONE]), (6, []), (7, [ONE])):
        take(
            kev(*listed, version=f"2024.0{month}.01", released=f"2024-0{month}-01T00:00:00Z"),
            tmp_path,
        )

    assert Signal.objects.get().ended_at is None
    assert vulnerabilities.vulnerability(ONE).is_exploited


def test_older_edition_ends_nothing(tmp_path):
    take(kev(ONE), tmp_path)

    take(kev(version="2024.01.01", released="2024-01-01T00:00:00Z"), tmp_path)

    assert Signal.objects.get().ended_at is None


def test_nvd_says_too_that_something_is_exploited(tmp_path):
    take(feed(nvd(ONE, cisaExploitAdd="2024-03-04")), tmp_path)

    assert vulnerabilities.vulnerability(ONE).exploited_on == date(2024, 3, 4)


def test_epss_is_shown_whichever_comes_first(tmp_path):
    take(epss({ONE: 0.25, TWO: 0.5}), tmp_path)
    take(feed(nvd(ONE)), tmp_path)

    assert vulnerabilities.vulnerability(ONE).epss == 0.25


def test_epss_history_has_a_row_per_change(tmp_path):
    take(feed(nvd(ONE)), tmp_path)
    for day, value in (("2024-06-01", 0.1), ("2024-06-02", 0.1), ("2024-06-03", 0.4)):
        intake = take(gzip.compress(epss({ONE: value}, day=day)), tmp_path)

    history = vulnerabilities.epss_history(vulnerabilities.vulnerability(ONE))
    assert [(one.scored_on.day, one.epss) for one in history] == [(1, 0.1), (3, 0.4)]
    assert intake.vulnerability_count == 1


def test_older_epss_does_not_replace_a_newer_one(tmp_path):
    take(feed(nvd(ONE)), tmp_path)
    take(epss({ONE: 0.4}, day="2024-06-03"), tmp_path)

    take(epss({ONE: 0.1}, day="2024-06-01"), tmp_path)

    assert vulnerabilities.vulnerability(ONE).epss == 0.4
    assert EpssScore.objects.count() == 2


def test_epss_of_a_day_may_be_corrected(tmp_path):
    take(epss({ONE: 0.4}), tmp_path)
    take(epss({ONE: 0.3}), tmp_path)

    assert EpssScore.objects.get().epss == 0.3


def test_lines_that_are_no_scores_are_refused(tmp_path):
    intake = take(epss({ONE: 0.4}) + b"CVE-2024-9999,high,1\n", tmp_path)

    assert (intake.added_count, intake.refused_count) == (1, 1)
    assert queries.refusals_page(intake).items[0].place == "line 4"
