"""Records kept here are read again by an update that understands more of them."""

import orjson
import pytest

from longmark.core.actors import SYSTEM
from longmark.core.formats.advisories import batches
from longmark.core.vocabulary import IntakeState
from longmark.intel.models import Advisory, AffectedRange, Change, Intake, Rereading, Statement
from longmark.intel.queries.intakes import sources_state
from longmark.intel.services import rereading
from tests.intel.records import NEW, osv, take
from tests.world import NINE

OF_OLD = "name:acmesoftwarefoundation:acmefrob"


def record(identifier: str, vendor: str = "Apache Software Foundation") -> dict[str, object]:
    versions = [
        {"version": "1.0", "lessThan": "1.5", "status": "affected", "versionType": "semver"}
    ]
    stated = {
        "vendor": vendor, "product": "Apache Frob", "versions": versions,
        "defaultStatus": "unaffected",
    }  # fmt: skip
    meta = {"cveId": identifier, "state": "PUBLISHED", "dateUpdated": NEW}
    return {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": meta,
        "containers": {"cna": {"affected": [stated], "descriptions": []}},
    }


def take_records(folder, *identifiers: str) -> None:
    for one in identifiers:
        take(orjson.dumps(record(one)), folder)


def read_by_earlier_readers() -> None:
    """Let every statement stand as readers left it that did not know how makers sign."""
    Statement.objects.update(package=OF_OLD)
    AffectedRange.objects.update(package=OF_OLD)
    Advisory.objects.update(statements_digest="0" * 32)


def stated() -> list[tuple[str, ...]]:
    ranges = AffectedRange.objects.order_by("statement__advisory__record_id")
    return list(ranges.values_list("statement__package", "package", "low", "high"))


def read_to_the_end() -> Intake:
    (row,) = Rereading.objects.filter(intake__isnull=False).select_related("intake")
    while rereading.read_further(row):
        pass
    return rereading.end(row, actor=SYSTEM, now=NINE)


@pytest.mark.django_db(transaction=True)
def test_what_earlier_readers_stated_is_stated_as_if_read_today(tmp_path, monkeypatch):
    monkeypatch.setattr(rereading, "CHUNK_RECORDS", 2)
    take_records(tmp_path, "CVE-2024-1", "CVE-2024-2", "CVE-2024-3")
    fresh = stated()
    read_by_earlier_readers()

    (job,) = rereading.ask_for_rereading(now=NINE)
    intake = read_to_the_end()

    assert job.kind == rereading.REREAD_JOB
    assert stated() == fresh
    assert fresh[0][0] == "name:apache:frob"
    assert (intake.read_count, intake.changed_count, intake.state) == (3, 3, IntakeState.DONE)
    changed = Change.objects.filter(intake=intake, is_applicability=True)
    assert sorted(changed.values_list("vulnerability__name", flat=True)) == [
        "CVE-2024-1", "CVE-2024-2", "CVE-2024-3",
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_what_reads_the_same_is_not_written(tmp_path):
    take_records(tmp_path, "CVE-2024-1")
    before = list(Statement.objects.values_list("pk", "package"))

    rereading.ask_for_rereading(now=NINE)
    intake = read_to_the_end()

    assert list(Statement.objects.values_list("pk", "package")) == before
    assert (intake.read_count, intake.changed_count) == (1, 0)
    assert not Change.objects.filter(intake=intake).exists()


@pytest.mark.django_db(transaction=True)
def test_it_is_asked_for_once_for_all_readers_of_a_version(tmp_path, monkeypatch):
    take_records(tmp_path, "CVE-2024-1")

    first = rereading.ask_for_rereading(now=NINE)
    again = rereading.ask_for_rereading(now=NINE)
    monkeypatch.setattr(batches, "READERS_VERSION", batches.READERS_VERSION + 1)
    after_an_update = rereading.ask_for_rereading(now=NINE)

    assert [len(first), len(again), len(after_an_update)] == [1, 0, 1]


@pytest.mark.django_db(transaction=True)
def test_a_store_without_records_has_nothing_to_read_again(tmp_path):
    rereading.ask_for_rereading(now=NINE)
    take(orjson.dumps(osv("A-1")), tmp_path)

    assert rereading.ask_for_rereading(now=NINE) == []


@pytest.mark.django_db(transaction=True)
def test_a_rereading_makes_no_source_look_fresher(tmp_path):
    take_records(tmp_path, "CVE-2024-1")
    before = sources_state(NINE)

    rereading.ask_for_rereading(now=NINE)
    read_to_the_end()

    assert sources_state(NINE) == before
