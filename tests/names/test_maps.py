"""Name maps: taken in whole, in the place of the edition before, and withdrawn."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from longmark.cli import name_maps
from longmark.core.actors import SYSTEM, Actor, Role
from longmark.core.errors import Invalid, NotAllowed, Refused
from longmark.core.identity.rules import NameRuleKind
from longmark.findings.tasks import matching as findings_tasks
from longmark.jobs.models import Job
from longmark.ledger.models import Entry
from longmark.names import queries, tasks
from longmark.names.models import NameMap, NameMapRow
from longmark.names.services import maps
from longmark.names.services.maps import MapDetails
from longmark.reactions import follow
from tests.findings.test_tasks import Watched
from tests.findings.world import an_sbom, criterion, findings_table, nvd, take_in
from tests.names.world import a_rule
from tests.world import NINE, a_release

pytestmark = pytest.mark.django_db

TABLE = b"purl,cpe\npkg:generic/acme-tls,cpe:2.3:a:acme:tls\npkg:npm/nx,cpe:2.3:a:siemens:nx\n"
HOUSE = MapDetails("house", "1")


def ask(
    content: bytes = TABLE,
    details: MapDetails = HOUSE,
    *,
    filename: str = "house.csv",
    actor: Actor = SYSTEM,
) -> Job:
    file = io.BytesIO(content)
    return maps.ask_for_map(file, filename=filename, details=details, actor=actor, now=NINE)


def take(content: bytes = TABLE, details: MapDetails = HOUSE) -> NameMap:
    tasks.import_map(ask(content, details).arguments, Watched())
    return NameMap.objects.latest("id")


def react() -> None:
    """Do what follows, the jobs that it asks for included."""
    before = set(Job.objects.values_list("pk", flat=True))
    follow(now=lambda: NINE)
    for job in Job.objects.filter(kind="findings.follow-names").exclude(pk__in=before):
        findings_tasks.follow_names(job.arguments, Watched())


def test_a_table_is_taken_in_by_a_job():
    outcome = tasks.import_map(ask(TABLE + b"nx,nx\n").arguments, Watched())

    found = NameMap.objects.get()
    assert outcome == "house 1: 2 rows, 1 used, 1 refused."
    assert found.refusals == [{"place": "the file, line 4", "reason": "nx is no purl."}]
    assert list(found.rows.order_by("stated").values_list("stated", "package", "is_used")) == [
        ("pkg:generic/acme-tls", "cpe:acme:tls", True),
        ("pkg:npm/nx", "cpe:siemens:nx", False),
    ]
    assert Entry.objects.filter(action="names.map-imported").count() == 1


def test_an_archive_of_lists_is_taken_in():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz") as tar:
        for name, content in (
            ("data/acme/tls/purls.yml", b"purls:\n- pkg:github/acme/tls\n"),
            ("data/acme/tls/cpes.yml", b"cpes:\n- cpe:2.3:a:acme:tls\n"),
            ("README.md", b"no table"),
            ("../purls.yml", b"purls:\n- pkg:generic/out\n"),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))

    found = take(packed.getvalue())
    assert (found.row_count, found.refused_count) == (1, 1)
    assert "leads out of the archive" in found.refusals[0]["reason"]


def test_what_it_speaks_of_is_matched_and_withdrawing_restores(tmp_path: Path):
    take_in(tmp_path, nvd("CVE-2024-1", criterion("acme:tls", versionEndExcluding="2.0")))
    an_sbom(a_release("1"), "pkg:generic/acme-tls@1.5")
    react()
    assert findings_table() == set()

    found = take()
    react()
    assert findings_table() == {("1", "CVE-2024-1", "affected")}

    maps.withdraw_map(found, reason="It was wrong.", actor=SYSTEM, now=NINE)
    react()
    assert findings_table() == {("1", "CVE-2024-1", "renamed")}


def test_a_newer_edition_takes_the_place_of_the_one_before(tmp_path: Path):
    take_in(tmp_path, nvd("CVE-2024-1", criterion("acme:tls", versionEndExcluding="2.0")))
    an_sbom(a_release("1"), "pkg:generic/acme-tls@1.5")
    first = take()
    react()

    second = take(b"purl,cpe\npkg:generic/b,cpe:2.3:a:acme:b\n", MapDetails("house", "2"))
    react()

    first.refresh_from_db()
    assert (first.is_withdrawn, second.is_withdrawn) == (True, False)
    assert first.withdrawal_reason == "Edition 2 took its place."
    assert findings_table() == {("1", "CVE-2024-1", "renamed")}


def test_the_same_again_changes_nothing():
    first, entries = take(), Entry.objects.filter(action="names.map-imported")

    assert take() == first
    assert (NameMap.objects.count(), entries.count()) == (1, 1)
    assert take(details=MapDetails("house", "1", is_for_ecosystems=True)).used_count == 2


def test_a_rule_of_a_person_wins_over_a_map(tmp_path: Path):
    take_in(tmp_path, nvd("CVE-2024-1", criterion("acme:tls", versionEndExcluding="2.0")))
    an_sbom(a_release("1"), "pkg:generic/acme-tls@1.5")
    a_rule("pkg:generic/acme-tls", NameRuleKind.IS_NOT, "cpe:acme:tls")

    take()
    react()

    assert findings_table() == set()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 100,
        b"purl,cpe\n",
        b"purls:\n- pkg:npm/nx\n",
        b"PK\x03\x04broken",
        b"\x1f\x8bbroken",
        b'["\\u0000"]',
        b'{"pkg:generic/a\\u0000b": ["cpe:2.3:a:x\\u0000:y"]}',
        b"a: &a [x]\nb: [*a, *a]\n",
    ],
)
def test_a_file_without_a_single_pair_is_refused_whole(content: bytes):
    with pytest.raises(Invalid):
        take(content)

    assert not NameMap.objects.exists()


def test_refusals_can_be_stored_whatever_the_file_holds():
    hostile = b'{"pkg:generic/ok": "cpe:2.3:a:acme:ok", "pkg:\\u0000": "\\u0000", "\\u202e": 1}'

    found = take(hostile)
    found.refresh_from_db()
    assert (found.row_count, found.refused_count) == (1, 2)
    assert "\0" not in str(found.refusals)
    assert "\\x00" not in str(found.refusals)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101])
def test_a_map_has_a_name(name: str):
    with pytest.raises(Invalid) as refused:
        ask(details=MapDetails(name))

    assert refused.value.field == "name"
    assert not Job.objects.exists()


def test_withdrawn_once_and_with_a_reason():
    found = take()
    with pytest.raises(Invalid, match="Say why"):
        maps.withdraw_map(found, reason=" ", actor=SYSTEM, now=NINE)
    maps.withdraw_map(found, reason="Wrong.", actor=SYSTEM, now=NINE)

    with pytest.raises(Refused, match="withdrawn already"):
        maps.withdraw_map(found, reason="Again.", actor=SYSTEM, now=NINE)
    assert Entry.objects.filter(action="names.map-withdrawn").count() == 1
    assert queries.rulebook(["pkg:generic/acme-tls"]) == {}


def test_who_may_take_in_maps(finn: Actor, lena: Actor):
    found = take()

    with pytest.raises(NotAllowed):
        ask(actor=lena)
    with pytest.raises(NotAllowed):
        maps.withdraw_map(found, reason="x", actor=lena, now=NINE)
    maps.withdraw_map(found, reason="x", actor=finn, now=NINE)


def test_maps_over_rest(caller: Callable[..., Client]):
    engineer = caller(Role.ENGINEER)
    sent = {"file": SimpleUploadedFile("house.csv", TABLE)}
    begun = engineer.post("/api/v1/names/maps?name=house&edition=1", sent)
    tasks.import_map(Job.objects.get(pk=begun.json()["job_id"]).arguments, Watched())

    (listed,) = engineer.get("/api/v1/names/maps").json()["items"]
    path = f"/api/v1/names/maps/{listed['id']}"
    rows = engineer.get(f"{path}/rows?text=acme").json()["items"]
    gone = engineer.post(f"{path}/withdrawal", {"reason": "Wrong."}, "application/json")

    assert (begun.status_code, listed["row_count"], listed["used_count"]) == (202, 2, 1)
    assert engineer.get(path).json()["refusals"] == []
    assert rows == [{"stated": "pkg:generic/acme-tls", "package": "cpe:acme:tls", "is_used": True}]
    assert gone.json()["withdrawal_reason"] == "Wrong."
    assert engineer.get("/api/v1/names/maps/999").status_code == 404


def test_a_viewer_takes_in_no_map(caller: Callable[..., Client]):
    sent = {"file": SimpleUploadedFile("house.csv", TABLE)}

    assert caller(Role.VIEWER).post("/api/v1/names/maps?name=house", sent).status_code == 403


@pytest.mark.parametrize("count", [1, 30])
def test_lists_cost_the_same_for_any_number(count: int, django_assert_num_queries):
    lines = b"".join(b"pkg:generic/p%d,cpe:2.3:a:acme:p%d\n" % (n, n) for n in range(count))
    for number in range(count):
        found = take(b"purl,cpe\n" + lines, MapDetails(f"map-{number}"))

    with django_assert_num_queries(1):
        assert len(queries.maps_page(limit=50).items) == count
    with django_assert_num_queries(1):
        assert len(queries.map_rows_page(found).items) == count


def test_a_folder_is_packed_alike_for_alike(tmp_path: Path):
    folder = tmp_path / "data" / "acme" / "tls"
    folder.mkdir(parents=True)
    (folder / "purls.yml").write_bytes(b"purls:\n- pkg:github/acme/tls\n")
    (folder / "cpes.yml").write_bytes(b"cpes:\n- cpe:2.3:a:acme:tls\n")
    (folder / "notes.txt").write_bytes(b"none of it")
    first, second = tmp_path / "a.tar.gz", tmp_path / "b.tar.gz"

    counts = [name_maps._pack(tmp_path / "data", each) for each in (first, second)]

    assert counts == [2, 2]
    assert first.read_bytes() == second.read_bytes()
    assert take(first.read_bytes()).row_count == 1


@pytest.mark.corpus
def test_purl2cpe_is_taken_in_whole(corpus: Path):
    content = (corpus / "purl2cpe" / "purl2cpe-data.tar.xz").read_bytes()

    found = take(content, MapDetails("purl2cpe"))

    assert (found.row_count, found.used_count, found.refused_count) == (42_402, 37_457, 488)
    assert NameMapRow.objects.filter(map=found).count() == 42_402
    assert len(found.refusals) == 488
    assert not found.rows.filter(stated__startswith="pkg:npm/", is_used=True).exists()
    assert found.rows.filter(stated="git:github.com/madler/zlib", is_used=True).exists()
