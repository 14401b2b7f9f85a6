"""Files taken in: what is new, what is known, what is refused, what was cut off."""

import gzip
import json
import lzma

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from longmark.core.actors import SYSTEM
from longmark.core.errors import Invalid, NotAllowed
from longmark.core.formats.advisories import batches
from longmark.intel.models import Advisory, AffectedRange, Intake, Statement, Vulnerability
from longmark.intel.queries import intakes as queries
from longmark.intel.queries import vulnerabilities
from longmark.intel.services import intakes
from longmark.jobs.services import Cancelled
from longmark.ledger.models import Entry
from tests.intel.records import NEW, OLD, archive, feed, kev, nvd, osv, take
from tests.world import NINE

pytestmark = pytest.mark.django_db


def counts(intake: Intake) -> tuple[int, int, int, int]:
    return (
        intake.added_count,
        intake.changed_count,
        intake.unchanged_count,
        intake.refused_count,
    )


def state_of_ranges() -> list[tuple[object, ...]]:
    columns = ("advisory__record_id", "package", "low", "high", "status")
    return sorted(AffectedRange.objects.values_list(*columns))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress])
def test_feed_may_come_compressed(tmp_path, pack):
    intake = take(pack(feed(nvd("CVE-2024-0001"), nvd("CVE-2024-0002"))), tmp_path)

    assert (intake.format, counts(intake)) == ("nvd", (2, 0, 0, 0))


def test_single_records_of_every_kind_are_taken(tmp_path):
    cve = {"dataType": "CVE_RECORD", "cveMetadata": {"cveId": "CVE-2024-0003"},
           "containers": {"cna": {}}}  # fmt: skip

    for record in (osv("GHSA-1"), nvd("CVE-2024-0001"), cve):
        assert counts(take(orjson.dumps(record), tmp_path)) == (1, 0, 0, 0)


def test_folder_of_records_is_taken_in_order(tmp_path):
    (tmp_path / "npm").mkdir()
    (tmp_path / "npm" / "a.json").write_bytes(orjson.dumps(osv("GHSA-1")))
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(orjson.dumps(osv("GHSA-2"))))

    intake = intakes.import_file(tmp_path, actor=SYSTEM, now=NINE)

    assert counts(intake) == (2, 0, 0, 0)


def test_same_file_again_changes_nothing(tmp_path):
    content = archive(osv("GHSA-1"), osv("GHSA-2"))
    take(content, tmp_path)
    before = state_of_ranges()

    again = take(content, tmp_path)

    assert counts(again) == (0, 0, 2, 0)
    assert again.vulnerability_count == 0
    assert state_of_ranges() == before


def test_older_revision_does_not_undo_a_newer_one(tmp_path):
    take(archive(osv("GHSA-1", fixed="3.0.0")), tmp_path)

    intake = take(archive(osv("GHSA-1", fixed="2.0.0", modified=OLD)), tmp_path)

    assert counts(intake) == (0, 0, 1, 0)
    assert AffectedRange.objects.get().high_text == "< 3.0.0"


def test_newest_of_several_revisions_in_a_file_counts(tmp_path):
    take(archive(osv("GHSA-1", fixed="3.0.0"), osv("GHSA-1", modified=OLD)), tmp_path)

    assert AffectedRange.objects.get().high_text == "< 3.0.0"


def test_changed_range_is_rewritten_and_noted_for_matching(tmp_path):
    take(archive(osv("GHSA-1"), osv("GHSA-2")), tmp_path)

    intake = take(archive(osv("GHSA-1", fixed="2.5.0"), osv("GHSA-2")), tmp_path)

    (changed,) = queries.vulnerabilities_changed_by(intake, only_applicability=True)
    assert [Vulnerability.objects.get(pk=pk).name for pk in changed] == ["GHSA-1"]
    assert AffectedRange.objects.get(advisory__record_id="GHSA-1").high_text == "< 2.5.0"


def test_changed_text_rewrites_no_statement_and_asks_for_no_matching(tmp_path):
    take(archive(osv("GHSA-1")), tmp_path)
    statement = Statement.objects.get()

    intake = take(archive(osv("GHSA-1", summary="Better words")), tmp_path)

    assert Statement.objects.get().pk == statement.pk
    assert list(queries.vulnerabilities_changed_by(intake, only_applicability=True)) == []
    assert intake.vulnerability_count == 1
    assert vulnerabilities.vulnerability("GHSA-1").title == "Better words"


def test_withdrawn_record_loses_its_ranges_and_a_returning_one_regains_them(tmp_path):
    take(archive(osv("GHSA-1")), tmp_path)
    before = state_of_ranges()

    take(archive(osv("GHSA-1", withdrawn=NEW)), tmp_path)
    assert state_of_ranges() == []
    assert vulnerabilities.vulnerability("GHSA-1").state == "withdrawn"

    take(archive(osv("GHSA-1", modified="2024-07-01T00:00:00Z")), tmp_path)
    assert state_of_ranges() == before
    assert vulnerabilities.vulnerability("GHSA-1").state == "published"


def test_bad_records_are_kept_with_their_reasons(tmp_path):
    intake = take(archive(osv("GHSA-1"), b"{", {"id": "x y", "modified": NEW}), tmp_path)

    assert counts(intake) == (1, 0, 0, 2)
    refusals = queries.refusals_page(intake).items
    assert [refusal.place for refusal in refusals] == ["0001.json", "0002.json"]
    assert "'x y' cannot be the id" in refusals[1].reason


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"@context": "https://openvex.dev/ns/v0.2.0", "statements": []}, "longmark facts add"),
        ({"bomFormat": "CycloneDX", "vulnerabilities": []}, "longmark facts add"),
        ({"bomFormat": "CycloneDX", "components": []}, "longmark sbom add"),
        ({"spdxVersion": "SPDX-2.3", "packages": []}, "longmark sbom add"),
        ({"ghsa_id": "GHSA-aaaa-bbbb-cccc", "severity": "high"}, "by the feed osv"),
        ({"canonical_url": "https://a.test", "metadata_version": "2.0"}, "feed add-csaf DOMAIN"),
        ({"feed": {"id": "a", "entry": []}}, "feed add-csaf DOMAIN"),
        ({"hello": "world"}, "The page of the feeds"),
    ],
)
def test_what_belongs_elsewhere_is_told_where(content, place, tmp_path):
    with pytest.raises(Invalid, match=place):
        take(json.dumps(content).encode(), tmp_path)


def test_file_of_unknown_format_is_refused_whole(tmp_path):
    with pytest.raises(Invalid, match=r"holds no OSV, NVD, CVE, CSAF, KEV, EPSS or EUVD"):
        take(b'{"bomFormat": "CycloneDX"}', tmp_path)

    assert not Intake.objects.exists()


def test_broken_archive_keeps_what_was_read_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "BATCH_RECORDS", 100)
    content = lzma.compress(feed(*(nvd(f"CVE-2024-{n:04}") for n in range(1_000))))

    with pytest.raises(Invalid, match="broken"):
        take(content[: len(content) * 9 // 10], tmp_path)

    intake = Intake.objects.get()
    assert intake.state == "failed"
    assert intake.added_count == Advisory.objects.count() > 0
    assert "broken" in intake.note


class StopsAfter:
    """Progress of a job that someone cancels."""

    actor, now = SYSTEM, NINE

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def advance(self, done: int, total: int | None = None, note: str = "") -> None:
        if done >= self.limit:
            raise Cancelled


def test_work_that_was_cut_off_resumes_where_it_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "BATCH_RECORDS", 2)
    path = tmp_path / "all.zip"
    path.write_bytes(archive(*(osv(f"GHSA-{number}") for number in range(7))))
    with pytest.raises(Cancelled):
        intakes.import_file(path, actor=SYSTEM, now=NINE, progress=StopsAfter(4))

    intake = intakes.import_file(path, actor=SYSTEM, now=NINE)

    assert Intake.objects.count() == 1
    assert counts(intake) == (7, 0, 0, 0)
    assert (intake.state, intake.vulnerability_count) == ("done", 7)


class Watches:
    actor, now = SYSTEM, NINE

    def __init__(self) -> None:
        self.seen: list[int] = []

    def advance(self, done: int, total: int | None = None, note: str = "") -> None:
        self.seen.append(done)


def test_large_records_are_taken_a_few_at_a_time(tmp_path, monkeypatch):
    large = [osv(f"GHSA-{number}", summary="x" * 900) for number in range(5)]
    (tmp_path / "all.zip").write_bytes(archive(*large))
    monkeypatch.setattr(batches, "BATCH_BYTES", 2_000)
    watches = Watches()

    intakes.import_file(tmp_path / "all.zip", actor=SYSTEM, now=NINE, progress=watches)

    assert watches.seen == [2, 4, 5]


def test_one_ledger_entry_stands_for_the_file(tmp_path):
    intake = take(archive(osv("GHSA-1"), osv("GHSA-2")), tmp_path, filename="all.zip")

    (entry,) = Entry.objects.filter(action="intel.advisories-imported")
    body = orjson.loads(entry.body)
    assert body["payload"]["added_count"] == 2
    assert body["blobs"] == [body["payload"]["manifest_digest"]] == [intake.digest]


def test_outsider_may_not_import(tmp_path, otto):
    with pytest.raises(NotAllowed):
        intakes.import_file(tmp_path, actor=otto, now=NINE)


def test_record_can_be_read_again_as_it_was_received(tmp_path):
    record = osv("GHSA-1", references=[{"type": "FIX", "url": "https://example.org/fix"}])
    take(archive(osv("GHSA-0"), record), tmp_path)

    advisory = Advisory.objects.get(record_id="GHSA-1")

    assert vulnerabilities.record_of(advisory) == orjson.dumps(record)
    assert [one.url for one in vulnerabilities.references_of(advisory)] == [
        "https://example.org/fix"
    ]


def test_batch_costs_the_same_queries_whatever_its_size(tmp_path):
    costs = []
    for count in (3, 60):
        records = [nvd(f"CVE-{2000 + count}-{n:04}") for n in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            take(feed(*records), tmp_path)
        costs.append(sum(1 for each in captured if not each["sql"].startswith("INSERT")))

    assert costs[0] == costs[1]


def test_sources_tell_how_old_they_are(tmp_path):
    take(feed(nvd("CVE-2024-0001")), tmp_path)
    take(kev("CVE-2024-0001"), tmp_path)

    states = {one.source: one for one in queries.sources_state(NINE)}

    assert (states["nvd"].record_count, states["kev"].record_count) == (1, 1)
    assert states["nvd"].age == NINE - states["nvd"].newest_at
    assert states["osv"].last_intake is None
