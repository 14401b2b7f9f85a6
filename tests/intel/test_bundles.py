"""Bundles from the site that has a network to the one that has none, and what is refused there."""

import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest
from django.test import Client

from longmark.core.actors import SYSTEM, Role
from longmark.core.errors import Invalid, NotAllowed, Refused
from longmark.core.formats.advisories.bundles import BundleInvalid
from longmark.intel import models
from longmark.intel.models import Advisory, Bundle, EpssScore, EuvdId, Intake, Signal
from longmark.intel.queries import bundles as queries
from longmark.intel.queries.coverage import Lack, coverage
from longmark.intel.queries.vulnerabilities import record_of
from longmark.intel.services import bundles as services
from longmark.intel.tasks import bundles as tasks
from longmark.intel.tasks import signatures
from longmark.jobs.services import Cancelled
from longmark.ledger import queries as ledger
from tests.intel.covering import all_followed, followed
from tests.intel.feeds.acme import advisory as csaf
from tests.intel.feeds.conftest import Killed, Watch
from tests.intel.feeds.test_cve import record as cve
from tests.intel.feeds.test_euvd import item as euvd
from tests.intel.records import archive, epss, feed, kev, nvd, osv, take
from tests.world import NINE

pytestmark = pytest.mark.django_db

LATER = NINE + timedelta(hours=1)
IDS = b"euvd_id,cve_id\nEUVD-2025-0001,CVE-2025-0001\n"
FRESH = "2026-11-24T00:00:00Z"


@pytest.fixture
def known(tmp_path: Path) -> None:
    """Records of every source and signals of each kind."""
    take(archive(osv("GHSA-1"), osv("GHSA-2", package="lodash")), tmp_path)
    take(feed(nvd("CVE-2024-0001"), nvd("CVE-2024-0002")), tmp_path)
    take(orjson.dumps(cve("CVE-2024-0001")), tmp_path)
    take(orjson.dumps(csaf("ACME-1")), tmp_path)
    take(orjson.dumps(euvd(1, since="Nov 20, 2026, 7:00:16 AM") | {"enisaUuid": "1"}), tmp_path)
    take(kev("CVE-2024-0001", released=FRESH), tmp_path)
    take(epss({"CVE-2024-0001": 0.5}, day="2026-11-24"), tmp_path)
    take(IDS, tmp_path)


def export(since: datetime | None = None, now: datetime = NINE) -> Bundle:
    bundle, _ = services.ask_for_export(since=since, actor=SYSTEM, now=now)
    tasks.export_bundle({"bundle": bundle.pk}, Watch(now))
    return queries.bundle(bundle.pk)


def packed(bundle: Bundle) -> bytes:
    return services.file_of(bundle).read_bytes()


def hand_in(content: bytes, key: str, now: datetime = LATER) -> Bundle:
    file, certificate = io.BytesIO(content), io.BytesIO(key.encode())
    bundle, _ = services.ask_for_import(
        file, certificate, filename="feeds.zip", actor=SYSTEM, now=now
    )
    return bundle


def import_(content: bytes, key: str, now: datetime = LATER) -> Bundle:
    bundle = hand_in(content, key, now)
    tasks.import_bundle({"bundle": bundle.pk}, Watch(now))
    return queries.bundle(bundle.pk)


def elsewhere() -> None:
    """Go to a site where nothing is known; blobs are told apart by their content."""
    for model in (
        models.Change, models.Refusal, models.AffectedRange, models.ExactVersion, models.Statement,
        models.Subject, models.Link, models.Advisory, models.Parcel, models.Alias,
        models.Vulnerability, models.Signal, models.EpssScore, models.EuvdId, models.Intake,
        models.Feed, models.Bundle,
    ):  # fmt: skip
        model.objects.all()._raw_delete("default")


def everything() -> dict[str, object]:
    return {
        "records": {
            (one.source, one.record_id): record_of(one)
            for one in Advisory.objects.select_related("parcel")
        },
        "signals": set(Signal.objects.values_list("kind", "identifier", "noted_on", "ended_at")),
        "scores": set(EpssScore.objects.values_list("identifier", "scored_on", "epss")),
        "ids": set(EuvdId.objects.values_list("identifier", "euvd")),
        "names": set(models.Alias.objects.values_list("identifier", "vulnerability__name")),
        "ranges": set(models.AffectedRange.objects.values_list("package", "low", "high", "status")),
    }


def test_what_is_known_here_is_known_there_byte_for_byte(known):
    before = everything()
    bundle = export()
    content, key = packed(bundle), bundle.certificate
    elsewhere()

    taken = import_(content, key)

    assert everything() == before
    assert {source for source, _ in before["records"]} == {"osv", "nvd", "cve", "csaf", "euvd"}
    assert (taken.state, taken.record_count, taken.signer) == ("done", 7, bundle.signer)
    assert Intake.objects.filter(refused_count__gt=0).count() == 0


def test_bundle_says_what_it_holds(known):
    bundle = export()

    with zipfile.ZipFile(services.file_of(bundle)) as archive:
        manifest = orjson.loads(archive.read("manifest.json"))
        names = archive.namelist()
    assert {one["name"] for one in manifest["members"]} == set(names[:-2])
    assert "signals/0000-known_exploited_vulnerabilities.json" in names
    assert "signals/0002-epss_scores-2026-11-24.csv" in names
    assert (bundle.record_count, bundle.member_count) == (7, 8)


def test_making_and_taking_in_are_told_by_the_ledger(known):
    bundle = export()
    (made,) = ledger.entries_page(action="intel.feed-bundle-exported").items
    import_(packed(bundle), bundle.certificate)

    (taken,) = ledger.entries_page(action="intel.feed-bundle-imported").items
    first, second = ledger.payload_of(made), ledger.payload_of(taken)
    assert first["manifest_digest"] == second["manifest_digest"] == bundle.manifest_digest
    assert (second["signer"], second["record_count"]) == (bundle.signer, 7)


def test_bundle_that_was_taken_in_is_not_read_again(known):
    bundle = export()
    content = packed(bundle)
    elsewhere()
    import_(content, bundle.certificate)
    count = Intake.objects.count()

    again = import_(content, bundle.certificate)

    assert (again.state, Intake.objects.count()) == ("done", count)


def test_import_that_was_killed_goes_on(known):
    before = everything()
    bundle = export()
    content = packed(bundle)
    elsewhere()
    handed = hand_in(content, bundle.certificate)
    with pytest.raises(Killed):
        tasks.import_bundle({"bundle": handed.pk}, Watch(LATER, kill_on="records/nvd"))

    tasks.import_bundle({"bundle": handed.pk}, Watch(LATER))

    assert everything() == before
    assert queries.bundle(handed.pk).state == "done"


def test_file_is_gone_once_it_was_taken_in_and_older_ones_once_a_newer_is_made(known):
    first = export()
    content = packed(first)
    second = export()

    taken = import_(content, first.certificate)

    kept = [services.file_of(one).exists() for one in (first, second, taken)]
    assert kept == [False, True, False]


def altered(content: bytes, **members: bytes) -> bytes:
    """The bundle with members replaced; ``__`` stands for a slash, nothing else is changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        replaced = {name.replace("__", "/"): one for name, one in members.items()}
        for name in {*old.namelist(), *replaced}:
            new.writestr(name, replaced.get(name) or old.read(name))
    return file.getvalue()


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (lambda content: content[: len(content) // 2], "cut off on its way"),
        (lambda content: content[:-1], "cut off on its way|not signed"),
        (lambda content: altered(content, records__extra=b"x"), "which its manifest does not name"),
        (lambda content: altered(content, **{"../passwd": b"x"}), "no member '../passwd'"),
        (lambda content: altered(content, **{"manifest.json": b"{}"}), "not signed by the key"),
        (lambda content: altered(content, **{"manifest.json.asc": b"x"}), "not signed by the key"),
        (
            lambda content: altered(content, **{"records/nvd-0001.zip": b"PK"}),
            "not what the manifest says",
        ),
        (lambda content: b"<html>", "no bundle"),
    ],
)
def test_spoilt_bundle_is_refused_before_anything_is_taken(known, spoilt, said):
    bundle = export()
    content = packed(bundle)
    elsewhere()

    with pytest.raises(BundleInvalid, match=said):
        import_(spoilt(content), bundle.certificate)

    assert not Intake.objects.exists()
    assert not Advisory.objects.exists()
    (refused,) = ledger.entries_page(action="intel.feed-bundle-refused").items
    assert Bundle.objects.get().note == ledger.payload_of(refused)["reason"]
    assert not services.file_of(Bundle.objects.get()).exists()


@pytest.mark.parametrize("key", ["other", "", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nx\n"])
def test_bundle_of_another_key_is_refused(known, key):
    bundle = export()
    if key == "other":
        key = signatures.public_part(signatures.new_key("Somebody else")).decode()
    content = packed(bundle)
    elsewhere()

    with pytest.raises(BundleInvalid, match="not signed by the key that was named"):
        import_(content, key)

    assert not Intake.objects.exists()


def test_secret_key_is_made_once_and_for_its_owner_alone(settings):
    first = tasks.secret_key()

    assert tasks.secret_key() == first
    assert settings.BUNDLE_KEY_FILE.stat().st_mode & 0o077 == 0
    assert [one.name for one in settings.BUNDLE_KEY_FILE.parent.glob("bundle-key*")] == [
        "bundle-key"
    ]


def test_what_is_for_named_people_only_is_left_out_and_counted(tmp_path):
    take(orjson.dumps(csaf("ACME-1", label="RED")), tmp_path)
    take(orjson.dumps(csaf("ACME-2", label="AMBER")), tmp_path)

    bundle = export()

    assert (bundle.record_count, bundle.left_out_count) == (1, 1)


def test_only_what_came_since_is_packed(tmp_path):
    take(feed(nvd("CVE-2024-0001")), tmp_path)
    Intake.objects.update(ended_at=NINE - timedelta(days=9))
    take(feed(nvd("CVE-2024-0002")), tmp_path, filename="newer")

    bundle = export(since=NINE - timedelta(days=2))

    assert bundle.record_count == 1
    assert export().record_count == 2


def test_scores_of_every_day_since_are_packed(tmp_path):
    for day in ("2026-11-22", "2026-11-23"):
        take(epss({"CVE-2024-0001": 0.5}, day=day), tmp_path, filename=day)

    assert export().member_count == 1
    assert export(since=NINE - timedelta(days=2)).member_count == 2


def test_empty_installation_makes_an_empty_bundle_that_can_be_taken_in():
    bundle = export()

    taken = import_(packed(bundle), bundle.certificate)

    assert (taken.state, taken.member_count) == ("done", 0)
    assert {gap.lacks for gap in coverage(LATER).gaps} == {(Lack.ABSENT,)}


def test_site_without_network_is_as_complete_as_the_site_that_packed(known):
    all_followed(NINE)
    followed("osv", NINE, options={"ecosystems": ["npm"]})
    bundle = export()
    content = packed(bundle)
    elsewhere()

    import_(content, bundle.certificate)

    found = coverage(LATER)
    assert found.is_complete
    assert [gap.kinds for gap in found.concerning({"npm", "pypi"}).gaps] == [("pypi",)]
    stale = coverage(NINE + timedelta(days=8))
    assert {gap.lacks for gap in stale.gaps} == {(Lack.STALE,)}


def test_half_mirrored_source_is_half_mirrored_there(known):
    all_followed(NINE)
    followed("nvd", NINE, upstream_count=4_000, known_count=1_000)
    bundle = export()
    content = packed(bundle)
    elsewhere()

    import_(content, bundle.certificate)

    (gap,) = coverage(LATER).gaps
    assert (gap.name, gap.lacks, gap.missing_count) == ("nvd", (Lack.PARTIAL,), 3_000)


@pytest.mark.parametrize(("gap_days", "is_complete"), [(0, True), (2, False)])
def test_increment_is_whole_only_on_top_of_what_reaches_to_its_beginning(
    known, gap_days, is_complete
):
    contents, second_at = [], NINE + timedelta(days=3)
    for since, now in ((None, NINE), (NINE + timedelta(days=gap_days), second_at)):
        all_followed(now)
        contents.append(packed(export(since, now)))
    key = Bundle.objects.latest("pk").certificate
    elsewhere()

    for content in contents:
        import_(content, key, now=second_at)

    assert coverage(second_at).is_complete is is_complete


def test_older_bundle_takes_nothing_back(known):
    all_followed(NINE)
    old = export()
    old_content = packed(old)
    all_followed(LATER)
    new = export(now=LATER)
    new_content = packed(new)
    elsewhere()
    import_(new_content, new.certificate)

    import_(old_content, old.certificate)

    day = LATER + timedelta(days=7)
    assert coverage(day).is_complete


def test_records_cost_queries_by_chunks_not_by_their_number(
    tmp_path, django_assert_max_num_queries
):
    take(feed(*(nvd(f"CVE-2024-{number:04}") for number in range(300))), tmp_path)

    with django_assert_max_num_queries(4):
        packed_count = sum(len(some) for some in queries.records_to_carry(None))

    assert packed_count == 300


def test_cancelled_export_leaves_no_file(known):
    bundle, _ = services.ask_for_export(since=None, actor=SYSTEM, now=NINE)

    with pytest.raises(Cancelled):
        tasks.export_bundle({"bundle": bundle.pk}, Watch(NINE, cancel_at=1))

    assert not services.file_of(bundle).exists()
    assert queries.bundle(bundle.pk).note == "Stopped."


def test_bundle_is_made_once(known):
    bundle = export()

    with pytest.raises(Refused, match="done with already"):
        tasks.export_bundle({"bundle": bundle.pk}, Watch())


def test_nonsense_is_refused_when_it_is_asked_for():
    with pytest.raises(Invalid, match="future"):
        services.ask_for_export(since=LATER, actor=SYSTEM, now=NINE)
    with pytest.raises(Invalid, match="no armoured public key"):
        hand_in(b"", "\0")
    assert not Bundle.objects.exists()


def test_outsider_neither_makes_nor_hands_in(otto):
    with pytest.raises(NotAllowed):
        services.ask_for_export(since=None, actor=otto, now=NINE)
    with pytest.raises(NotAllowed):
        services.ask_for_import(io.BytesIO(), io.BytesIO(), filename="", actor=otto, now=NINE)


def test_bundle_whose_work_broke_down_is_closed_at_the_next(known):
    bundle, _ = services.ask_for_export(since=None, actor=SYSTEM, now=NINE)
    models.Bundle.objects.filter(pk=bundle.pk).update(job_id=None)

    export()

    assert queries.bundle(bundle.pk).state == "failed"


@pytest.mark.parametrize("path", ["", "/import"])
def test_viewer_reads_and_makes_nothing(caller, path):
    viewer: Client = caller(Role.VIEWER)
    body = {"file": io.BytesIO(b"x"), "key": io.BytesIO(b"x")} if path else "{}"
    kind = {} if path else {"content_type": "application/json"}

    assert viewer.post(f"/api/v1/feed-bundles{path}", body, **kind).status_code == 403
    assert viewer.get("/api/v1/feed-bundles").json()["items"] == []


def test_file_that_is_not_there_is_told(caller, known):
    bundle = export()
    engineer = caller(Role.SECURITY)
    place = f"/api/v1/feed-bundles/{bundle.pk}"
    assert engineer.get(f"{place}/file").getvalue() == packed(bundle)
    services.forget_file(bundle)

    answer = engineer.get(f"{place}/file")

    assert (answer.status_code, "Make a new one" in answer.json()["detail"]) == (404, True)


@pytest.mark.parametrize("count", [1, 5])
def test_list_costs_the_same_for_one_and_for_many(count, django_assert_num_queries):
    for _ in range(count):
        export()

    with django_assert_num_queries(1):
        assert len(queries.bundles_page().items) == count


def test_part_that_is_full_is_followed_by_another(tmp_path, monkeypatch):
    monkeypatch.setattr(tasks, "PART_RECORDS", 3)
    take(feed(*(nvd(f"CVE-2024-{number:04}") for number in range(7))), tmp_path)
    bundle = export()
    content = packed(bundle)
    elsewhere()

    import_(content, bundle.certificate)

    assert (bundle.member_count, Advisory.objects.count()) == (3, 7)


def test_what_a_killed_export_left_is_removed_a_day_later(settings):
    left = settings.BUNDLE_FOLDER / f"{services.LEFTOVER}1-osv-0001.zip"
    left.parent.mkdir()
    left.touch()
    made_at = datetime.fromtimestamp(left.stat().st_mtime, tz=NINE.tzinfo)

    services.forget_leftovers(now=made_at + timedelta(hours=1))
    assert left.exists()

    services.forget_leftovers(now=made_at + timedelta(hours=25))
    assert not left.exists()


def test_upload_leaves_nothing_behind_but_the_bundle(settings):
    bundle = hand_in(b"x" * 100, "a key")

    assert list(settings.BUNDLE_FOLDER.iterdir()) == [services.file_of(bundle)]
    assert bundle.size_bytes == 100
