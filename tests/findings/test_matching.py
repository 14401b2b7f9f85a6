"""Both directions of matching, against the database, and what they write."""

from pathlib import Path

import pytest

from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import NotAllowed
from longmark.findings.models import Evidence, Match, Run
from longmark.findings.services.matching import match_components
from longmark.ledger import queries as ledger
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

MODBUS = nvd("CVE-2022-0367", criterion("libmodbus:libmodbus", versionEndExcluding="3.1.7"))
ZLIB = nvd("CVE-2022-37434", criterion("zlib:zlib", versionEndIncluding="1.2.12"))
LOG4J = osv(
    "GHSA-jfh8-c2jp-5v3q",
    "Maven",
    "org.apache.logging.log4j:log4j-core",
    {"introduced": "2.13.0"},
    {"fixed": "2.15.0"},
)
PORTFOLIO = (
    "pkg:generic/libmodbus@3.1.6",
    "pkg:generic/libmodbus@3.1.10",
    "pkg:generic/libmodbus",
    "pkg:generic/zlib@1.2.12",
    "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
    "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1.foo.2",
    "pkg:deb/debian/zlib1g@1.2.11-1?distro=debian-11&upstream=zlib",
    "pkg:npm/zlib@1.0.5",
)
EXPECTED = {
    ("pkg:generic/libmodbus@3.1.6", "CVE-2022-0367", "affected", "medium"),
    ("pkg:generic/libmodbus", "CVE-2022-0367", "unknown", "medium"),
    ("pkg:generic/zlib@1.2.12", "CVE-2022-37434", "affected", "medium"),
    (
        "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
        "GHSA-jfh8-c2jp-5v3q",
        "affected",
        "exact",
    ),
    (
        "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1.foo.2",
        "GHSA-jfh8-c2jp-5v3q",
        "affected",
        "exact",
    ),
    (
        "pkg:deb/debian/zlib1g@1.2.11-1?distro=debian-11&upstream=zlib",
        "CVE-2022-37434",
        "unknown",
        "low",
    ),
}


def test_a_new_sbom_meets_the_advisories_that_are_there(tmp_path: Path) -> None:
    take_in(tmp_path, MODBUS, ZLIB, LOG4J)

    match_all([an_sbom(None, *PORTFOLIO)])

    assert match_table() == EXPECTED


def test_a_new_advisory_meets_the_components_that_are_there(tmp_path: Path) -> None:
    an_sbom(None, *PORTFOLIO)
    take_in(tmp_path, MODBUS, ZLIB, LOG4J)

    match_advisories()

    assert match_table() == EXPECTED


def test_matching_again_changes_nothing(tmp_path: Path) -> None:
    document = an_sbom(None, *PORTFOLIO)
    take_in(tmp_path, MODBUS, ZLIB, LOG4J)
    match_all([document])

    again = [match_all([document]), match_advisories()]

    assert not any(renewal.has_changes for renewal in again)


def test_a_narrower_advisory_withdraws_matches(tmp_path: Path) -> None:
    document = an_sbom(None, *PORTFOLIO)
    take_in(tmp_path, MODBUS)
    match_all([document])
    narrower = criterion("libmodbus:libmodbus", versionEndExcluding="3.1.5")
    take_in(tmp_path, nvd("CVE-2022-0367", narrower, modified="2025-01-01T00:00:00.000"))

    renewal = match_advisories()

    assert renewal.removed_count == 1
    assert {row[0] for row in match_table()} == {"pkg:generic/libmodbus"}


def test_a_rejected_record_matches_nothing_any_more(tmp_path: Path) -> None:
    document = an_sbom(None, *PORTFOLIO)
    take_in(tmp_path, MODBUS)
    match_all([document])
    take_in(tmp_path, nvd("CVE-2022-0367", status="Rejected", modified="2025-01-01T00:00:00.000"))

    match_advisories()

    assert not Match.objects.exists()


def test_every_run_stands_in_the_ledger(tmp_path: Path) -> None:
    take_in(tmp_path, MODBUS)
    match_all([an_sbom(None, *PORTFOLIO)])

    run = Run.objects.get()
    entry = ledger.entries_page(subject_kind="findings.run", subject_id=str(run.pk)).items[0]
    assert entry.action == "findings.matches-renewed"
    assert ledger.payload_of(entry)["added_count"] == 2


def test_an_outsider_matches_nothing(otto: Actor) -> None:
    with pytest.raises(NotAllowed, match="match"):
        match_components([], actor=otto, now=NINE)


def test_the_number_of_queries_does_not_depend_on_the_number_of_components(
    tmp_path: Path, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    take_in(tmp_path, MODBUS)
    item = an_item()
    few = an_sbom(a_release("1", item=item), *PORTFOLIO[:1])
    many = an_sbom(
        a_release("2", item=item), *(f"pkg:generic/libmodbus@3.0.{n}" for n in range(40))
    )

    with django_assert_max_num_queries(23) as asked:  # type: ignore[operator]
        match_all([few])
    # All share evidence that was kept before.
    with django_assert_max_num_queries(len(asked) - 1):  # type: ignore[operator]
        match_all([many])
    assert Match.objects.count() == 41
    assert SYSTEM.name == "Longmark"


def test_versions_that_a_source_treats_alike_share_one_piece_of_evidence(tmp_path: Path) -> None:
    take_in(tmp_path, MODBUS)
    match_all([an_sbom(None, "pkg:generic/libmodbus@3.1.5", "pkg:generic/libmodbus@3.1.6")])

    assert Match.objects.count() == 2
    assert Evidence.objects.count() == 1


def test_a_record_that_only_names_a_component_in_prose_is_for_review(tmp_path: Path) -> None:
    record = nvd("CVE-2024-10918", status="Received")
    record["cve"]["descriptions"][0]["value"] = "libmodbus v3.1.10 fails on a long request."
    take_in(tmp_path, record)

    match_all([an_sbom(None, "pkg:generic/libmodbus@3.1.10", "pkg:generic/zlib@1.2.11")])

    assert match_table() == {("pkg:generic/libmodbus@3.1.10", "CVE-2024-10918", "unknown", "low")}
