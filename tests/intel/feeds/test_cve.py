"""The CVE list and the kernel's records: everything at first, then what the log names."""

import io
import tarfile
import zipfile
from datetime import timedelta

import orjson
import pytest

from longmark.core.errors import Refused
from longmark.intel.models import Advisory, FeedRun, Intake
from longmark.intel.queries import feeds as queries
from longmark.intel.tasks import cve as tasks
from tests.intel.feeds.conftest import Killed, Watch
from tests.world import NINE

pytestmark = pytest.mark.django_db

LATER = NINE + timedelta(hours=1)
OLD, NEW = "2026-11-20T08:00:00.000Z", "2026-11-24T09:30:00.000Z"


def record(identifier, *, at=OLD, title="A weakness", **more):
    return {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": {"cveId": identifier, "state": "PUBLISHED", "dateUpdated": at},
        "containers": {"cna": {"title": title} | more},
    }


def packed(files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            is_bytes = isinstance(content, bytes)
            archive.writestr(name, content if is_bytes else orjson.dumps(content))
    return file.getvalue()


def tarred(files):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            data = orjson.dumps(content)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return file.getvalue()


def look(at, *, new=(), updated=()):
    def entries(records):
        return [
            {"cveId": one["cveMetadata"]["cveId"], "dateUpdated": one["cveMetadata"]["dateUpdated"]}
            for one in records
        ]

    return {"fetchTime": at, "new": entries(new), "updated": entries(updated), "error": []}


@pytest.fixture
def cves(source):
    """Publish records and a log of changes as the list does."""

    def publish(*looks, records=(), bulk=None):
        source.publish("/cves/deltaLog.json", sorted(looks, key=lambda one: one["fetchTime"])[::-1])
        for one in records:
            identifier = one["cveMetadata"]["cveId"]
            _, year, number = identifier.split("-")
            source.publish(f"/cves/{year}/{number[:-3]}xxx/{identifier}.json", one)
        if bulk is not None:
            source.publish("/main.zip", bulk)

    return publish


FIRST = record("CVE-2026-0001")
LISTS = {"list-main/cves/delta.json": {}, "list-main/cves/deltaLog.json": []}


@pytest.fixture
def followed(source, runner, cves):
    bulk = packed({"list-main/cves/2026/0xxx/CVE-2026-0001.json": FIRST, **LISTS})
    cves(look(OLD), bulk=bulk)
    runner.follow("cve", f"{source.url}/cves", bulk=f"{source.url}/main.zip")


def ids():
    return sorted(Advisory.objects.values_list("record_id", flat=True))


def state(now=NINE, name="cve"):
    return queries.feed_state(name, now)


def test_archive_is_taken_first_without_the_lists_in_it(runner, followed):
    run = runner.run("cve")

    assert ids() == ["CVE-2026-0001"]
    assert queries.counts_of([run])[run.pk].refused == 0
    assert (state().health, state().missing_count) == ("fresh", 0)


def test_archive_within_an_archive_is_unwrapped(source, runner, followed):
    source.publish("/main.zip", packed({"cves.zip": packed({"CVE-2026-0001.json": FIRST})}))

    runner.run("cve")

    assert ids() == ["CVE-2026-0001"]


def test_log_brings_what_is_new_and_what_changed(source, runner, followed, cves):
    runner.run("cve")
    source.asked.clear()
    new, changed = record("CVE-2026-12345", at=NEW), record("CVE-2026-0001", at=NEW, title="Worse")
    cves(look(OLD), look(NEW, new=[new], updated=[changed]), records=[new, changed])

    runner.run("cve", now=LATER)

    assert ids() == ["CVE-2026-0001", "CVE-2026-12345"]
    assert Advisory.objects.get(record_id="CVE-2026-0001").title == "Worse"
    assert "/cves/2026/12xxx/CVE-2026-12345.json" in [one.path for one in source.asked]
    assert "/main.zip" not in [one.path for one in source.asked]
    assert state().feed.upstream_count == 2


def test_record_that_is_here_in_that_state_is_not_fetched(source, runner, followed, cves):
    runner.run("cve")
    source.asked.clear()
    cves(look(OLD), look(NEW, updated=[FIRST]))

    runner.run("cve", now=LATER)

    assert [one.path for one in source.asked] == ["/cves/deltaLog.json"]


def test_unchanged_log_is_one_request(source, runner, followed):
    runner.run("cve")
    source.asked.clear()

    runner.run("cve", now=LATER)

    assert [one.status for one in source.asked] == [304]


def test_gap_longer_than_the_log_is_bridged_by_the_archive(source, runner, followed, cves):
    runner.run("cve")
    source.asked.clear()
    cves(look("2027-02-01T00:00:00Z"), look("2027-02-20T00:00:00Z"))

    runner.run("cve", now=LATER)

    assert source.statuses("/main.zip") == [200]


def test_change_of_very_many_records_comes_by_archive(source, runner, followed, cves, monkeypatch):
    monkeypatch.setattr(tasks, "ARCHIVE_FROM", 2)
    runner.run("cve")
    source.asked.clear()
    many = [record(f"CVE-2026-100{number}", at=NEW) for number in range(5)]
    cves(look(OLD), look(NEW, new=many), bulk=packed({f"{n}.json": r for n, r in enumerate(many)}))

    runner.run("cve", now=LATER)

    assert source.statuses("/main.zip") == [200]
    assert len(ids()) == 6


@pytest.mark.parametrize("place", ["fetch 2 records", "take archive"])
def test_run_that_was_killed_comes_to_the_same_end(
    source, runner, followed, cves, monkeypatch, place
):
    monkeypatch.setattr(tasks, "CHUNK_RECORDS", 2)
    many = [record(f"CVE-2026-100{number}", at=NEW) for number in range(4)]
    for run in range(2):
        if run:
            cves(look(OLD), look(NEW, new=many), records=many)
        try:
            runner.run("cve", watch=Watch(kill_on=place))
        except Killed:
            runner.run("cve")

    assert len(ids()) == 5
    assert set(FeedRun.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize("log", [{"looks": []}, [{"fetchTime": "soon"}], [{"time": OLD}]])
def test_log_of_another_shape_is_refused(source, runner, followed, log):
    runner.run("cve")
    source.publish("/cves/deltaLog.json", log)

    with pytest.raises(Refused, match=r"deltaLog\.json"):
        runner.run("cve", now=LATER)

    assert state(LATER).health == "failing"


def test_broken_archive_is_refused(source, runner, followed):
    source.publish("/main.zip", source.files["/main.zip"][:-40])

    with pytest.raises(Refused, match="broken"):
        runner.run("cve")

    assert not state().feed.is_whole


KERNEL = "/vulns/snapshot/vulns-master.tar.gz"


def test_archive_of_the_kernel_is_taken_when_it_differs(source, runner):
    place = "vulns-master/cve/published/2026/"
    source.publish(KERNEL, tarred({f"{place}CVE-2026-0001.json": FIRST}))
    runner.follow("linux", source.url + KERNEL)

    runner.run("linux")
    runner.run("linux", now=LATER)
    both = {f"{place}CVE-2026-000{n}.json": record(f"CVE-2026-000{n}") for n in (1, 2)}
    source.publish(KERNEL, tarred(both))
    runner.run("linux", now=LATER)

    assert source.statuses(KERNEL) == [200, 304, 200]
    assert ids() == ["CVE-2026-0001", "CVE-2026-0002"]
    assert Intake.objects.count() == 2


def test_listing_of_the_kernel_is_asked_record_by_record_for_what_is_newer(source, runner):
    def page(*names):
        return "".join(f'<li><a href="{name}">{name}</a>' for name in names).encode()

    source.publish("/published/", page("../", "2025/", "2026/", "?C=M", "index.html"))
    source.publish("/published/2025/", page("../", "CVE-2025-0001.json", "CVE-2025-0001.mbox"))
    source.publish("/published/2026/", page("/published/2026/CVE-2026-0001.json"))
    for identifier in ("CVE-2025-0001", "CVE-2026-0001"):
        source.publish(f"/published/{identifier[4:8]}/{identifier}.json", record(identifier))
    runner.follow("linux", f"{source.url}/published")

    runner.run("linux")
    runner.run("linux", now=LATER)

    assert ids() == ["CVE-2025-0001", "CVE-2026-0001"]
    second = source.asked_for("/published/2026/CVE-2026-0001.json")[1]
    assert second.headers["if-modified-since"] == "Tue, 24 Nov 2026 09:00:00 GMT"
    assert state(name="linux").feed.upstream_count == 2


def test_page_that_lists_nothing_is_refused(source, runner):
    source.publish("/published/", b"<h1>Moved</h1>")
    runner.follow("linux", f"{source.url}/published")

    with pytest.raises(Refused, match="lists no folder of a year"):
        runner.run("linux")
