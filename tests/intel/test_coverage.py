"""What is said of sources that are absent, stale, half mirrored, failing, or of unknown extent."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.vocabulary import FeedKind
from longmark.intel.models import Intake
from longmark.intel.queries.coverage import Bearing, Coverage, Gap, Lack, coverage
from tests.intel.covering import DECISIVE, all_followed, followed
from tests.intel.records import archive, feed, kev, nvd, osv, take
from tests.world import NINE

KINDS = ("npm", "pypi", "gem", "deb:debian", "deb:unknown", "cpe", "generic", "linux-kernel")


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every example asks the database, or could."""


def lacks(found: Coverage) -> dict[str, tuple[str, ...]]:
    return {gap.name: gap.lacks for gap in found.gaps}


def test_nothing_is_complete_before_anything_was_taken_in():
    found = coverage(NINE)

    assert (found.word, found.may_hide_findings) == ("partial", True)
    assert lacks(found) == dict.fromkeys(DECISIVE, (Lack.ABSENT,))
    assert found.gaps[0].sentence == "nothing of it is here"


def test_sources_that_are_here_fresh_and_whole_leave_no_gap():
    all_followed(NINE)

    assert coverage(NINE + timedelta(hours=1)).word == "complete"


@pytest.mark.parametrize(
    ("more", "lack", "said"),
    [
        ({"succeeded_at": NINE - timedelta(days=3)}, Lack.STALE, "as of 2026-11-21 09:00 UTC"),
        ({"last_error": "it answers 503"}, Lack.FAILING, "its last run failed: it answers 503"),
        ({"is_whole": False}, Lack.PARTIAL, "never taken in whole"),
        ({"upstream_count": 4_000, "known_count": 1_000}, Lack.PARTIAL, "3,000 records"),
        ({"succeeded_at": None}, Lack.ABSENT, "nothing of it is here"),
    ],
)
def test_feed_that_fell_behind_is_told_with_the_reason(more, lack, said):
    all_followed(NINE)
    followed("nvd", NINE, **more)

    (gap,) = coverage(NINE).gaps

    assert (gap.name, gap.lacks) == ("nvd", (lack,))
    assert said in gap.sentence


def test_first_run_that_was_cut_off_left_half_a_mirror(tmp_path):
    all_followed(NINE)
    take(feed(nvd("CVE-2024-0001")), tmp_path)
    followed("nvd", NINE, succeeded_at=None, is_whole=False, last_error="Stopped.")

    assert lacks(coverage(NINE)) == {"nvd": (Lack.PARTIAL, Lack.FAILING)}


def test_records_that_lag_behind_by_a_few_are_no_gap():
    all_followed(NINE)
    followed("nvd", NINE, upstream_count=300_000, known_count=299_900)

    assert coverage(NINE).is_complete


def test_how_complete_files_are_is_not_known(tmp_path):
    take(feed(nvd("CVE-2024-0001", lastModified="2026-11-23T09:00:00.000")), tmp_path)

    assert lacks(coverage(NINE))["nvd"] == (Lack.UNMEASURED,)


def test_files_are_as_old_as_the_newest_record_whatever_came_last(tmp_path):
    take(feed(nvd("CVE-2024-0002", lastModified="2026-11-23T09:00:00.000")), tmp_path)
    take(feed(nvd("CVE-2024-0001")), tmp_path, filename="older")
    take(archive(osv("GHSA-1")), tmp_path)

    found = lacks(coverage(NINE))

    assert (Lack.STALE in found["nvd"], Lack.STALE in found["osv"]) == (False, True)


def test_catalogue_that_came_as_a_file_is_whole_in_itself(tmp_path):
    take(kev("CVE-2024-0001", released="2026-11-23T00:00:00Z"), tmp_path)

    assert "kev" not in lacks(coverage(NINE))
    assert lacks(coverage(NINE + timedelta(days=8)))["kev"] == (Lack.STALE,)


def test_files_count_once_a_feed_is_followed_no_longer(tmp_path):
    followed("kev", NINE - timedelta(days=9), is_enabled=False)
    assert lacks(coverage(NINE))["kev"] == (Lack.STALE,)

    take(kev("CVE-2024-0001", released="2026-11-23T00:00:00Z"), tmp_path)

    assert "kev" not in lacks(coverage(NINE))


def test_supplier_and_kernel_are_missed_only_where_they_are_followed():
    all_followed(NINE)
    supplier = {"kind": FeedKind.CSAF, "stale_after": timedelta(hours=26)}
    linux = followed("linux", NINE, is_whole=False)
    linux.__class__(
        name="csaf-acme.example", period=timedelta(hours=1), is_enabled=True, **supplier
    ).save()

    found = {gap.title: gap.lacks for gap in coverage(NINE).gaps}

    assert found == {"csaf-acme.example": (Lack.ABSENT,), "Linux kernel CVEs": (Lack.PARTIAL,)}


def test_what_bears_on_findings_stands_first():
    followed("osv", NINE)

    bearings = [gap.bearing for gap in coverage(NINE).gaps]

    assert bearings == sorted(bearings, key=list(Bearing).index)


def test_missing_exploitation_hides_no_findings_but_is_partial():
    all_followed(NINE)
    followed("kev", NINE - timedelta(days=3))

    found = coverage(NINE)

    assert (found.word, found.may_hide_findings) == ("partial", False)


@pytest.mark.parametrize(
    ("kinds", "names"),
    [
        ({"npm", "pypi"}, {"osv"}),
        ({"cpe", "generic"}, {"nvd", "cve"}),
        ({"linux-kernel"}, {"nvd", "cve"}),
        ({"npm", "cpe"}, {"osv", "nvd", "cve"}),
        (set(), set()),
    ],
)
def test_gap_concerns_the_packages_that_its_source_speaks_of(kinds, names):
    for name in ("kev", "epss", "euvd"):
        followed(name, NINE)

    found = coverage(NINE).concerning(kinds)

    assert {gap.name for gap in found.gaps} == names
    assert {kind for gap in found.gaps for kind in gap.kinds} == kinds


def test_ecosystem_that_is_not_mirrored_is_told_where_it_matters():
    all_followed(NINE)
    followed("osv", NINE, options={"ecosystems": ["npm", "Debian"]})

    found = coverage(NINE)
    (gap,) = found.concerning({"npm", "pypi", "deb:ubuntu", "deb:unknown", "cpe"}).gaps

    assert found.is_complete
    assert (gap.lacks, gap.kinds) == ((Lack.NOT_CHOSEN,), ("deb:ubuntu", "pypi"))
    assert gap.sentence == "not mirrored: deb:ubuntu, pypi"
    assert found.concerning({"npm", "deb:debian"}).is_complete


@given(
    first=st.sets(st.sampled_from(KINDS)),
    second=st.sets(st.sampled_from(KINDS)),
    absent=st.sets(st.sampled_from(list(FeedKind))),
)
def test_more_kinds_of_package_never_leave_fewer_gaps(first, second, absent):
    whole = Coverage(
        tuple(Gap(kind.value, kind, (Lack.ABSENT,)) for kind in sorted(absent)),
        frozenset({"npm", "deb:debian"}),
    )

    fewer, more = whole.concerning(first), whole.concerning(first | second)

    assert {gap.name for gap in fewer.gaps} <= {gap.name for gap in more.gaps}
    assert fewer.concerning(first) == fewer


@pytest.mark.parametrize("count", [1, 12])
def test_coverage_costs_four_queries_whatever_was_taken_in(
    count, tmp_path, django_assert_num_queries
):
    for number in range(count):
        take(feed(nvd(f"CVE-2024-{number:04}")), tmp_path, filename=f"{number}")
        followed("osv", NINE)
    assert Intake.objects.count() == count

    with django_assert_num_queries(4):
        coverage(NINE).concerning(KINDS)
