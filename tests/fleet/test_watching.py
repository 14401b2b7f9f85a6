"""Lists that other systems put into the watched folder."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from longmark.core.actors import SYSTEM
from longmark.core.formats.sheets.mapping import read_map
from longmark.core.formats.sheets.tables import How
from longmark.core.vocabulary import WatchedState
from longmark.fleet.models import Import, Unit, WatchedFile
from longmark.fleet.queries import imports as queries
from longmark.fleet.services import mapping, watching
from longmark.fleet.services.plans import Plan
from longmark.jobs.models import Job
from tests.fleet.world import Drives, drives
from tests.world import NINE

pytestmark = pytest.mark.django_db(transaction=True)

PLANT = "Nr;Typ;Wann\n1001;TG-200;2026-07-01\n"
COLUMNS = {"Nr": "serial", "Typ": "item", "Wann": "date"}


@pytest.fixture
def world() -> Drives:
    return drives()


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.IMPORT_FOLDER = str(tmp_path)
    return tmp_path


def put(folder: Path, name: str, text: str = PLANT, *, age: int = 60) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    written = NINE.timestamp() - age
    os.utime(path, (written, written))
    return path


def remembered(*, is_taken_unasked: bool) -> None:
    plan = Plan(How(), read_map({"columns": COLUMNS}), "plant")
    mapping.save_profile(
        "plant",
        plan,
        headers=list(COLUMNS),
        is_taken_unasked=is_taken_unasked,
        actor=SYSTEM,
        now=NINE,
    )


def worked() -> WatchedFile:
    """Look twice, and do what was asked for."""
    watching.look(now=NINE)
    watching.look(now=NINE + timedelta(seconds=30))
    file = WatchedFile.objects.get()
    return watching.take_file(file.pk, actor=SYSTEM, now=NINE + timedelta(seconds=31))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name.partition("-")[2] for path in folder.iterdir())


def test_a_list_whose_profile_is_set_so_is_taken_with_a_report(world: Drives, folder: Path):
    remembered(is_taken_unasked=True)
    put(folder, "plant.csv")

    file = worked()
    assert (file.state, Unit.objects.count()) == (WatchedState.TAKEN, 1)
    assert names_in(folder / "done") == ["plant.csv", "plant.csv.report.csv"]
    (report,) = (folder / "done").glob("*.report.csv")
    assert ";created;1;" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("has_profile", [True, False])
def test_any_other_list_waits_for_a_person(world: Drives, folder: Path, has_profile: bool):
    if has_profile:
        remembered(is_taken_unasked=False)
    put(folder, "plant.csv")

    file = worked()
    assert (file.state, Unit.objects.count()) == (WatchedState.WAITING, 0)
    assert Import.objects.get().state == ("staged" if has_profile else "unmapped")
    assert names_in(folder / "done") == ["plant.csv"]


def test_what_is_no_list_is_put_away_with_the_reason(world: Drives, folder: Path):
    put(folder, "photo.csv", "\x00\x01\x02 no table")

    file = worked()
    assert (file.state, "not a table" in file.reason) == (WatchedState.REFUSED, True)
    assert names_in(folder / "refused") == ["photo.csv", "photo.csv.reason.txt"]


def test_a_file_that_still_grows_is_left_alone(world: Drives, folder: Path):
    path = put(folder, "plant.csv")
    watching.look(now=NINE)
    path.write_text(PLANT * 2, encoding="utf-8")
    os.utime(path, (NINE.timestamp() + 20, NINE.timestamp() + 20))

    assert watching.look(now=NINE + timedelta(seconds=25)) == 0, "it was written to just now"
    assert not Job.objects.exists()


def test_files_that_are_no_lists_yet_or_lead_elsewhere_are_passed_over(
    world: Drives, folder: Path, tmp_path_factory: pytest.TempPathFactory
):
    elsewhere = put(tmp_path_factory.mktemp("secret"), "secret.csv")
    (folder / "link.csv").symlink_to(elsewhere)
    (folder / "subfolder").mkdir()
    for name in (".hidden.csv", "a.csv.part", "b.csv.tmp", "c.csv~"):
        put(folder, name)

    watching.look(now=NINE)
    assert not WatchedFile.objects.exists()


def test_a_file_that_was_changed_after_it_was_asked_for_is_left_alone(world: Drives, folder: Path):
    path = put(folder, "plant.csv")
    watching.look(now=NINE)
    watching.look(now=NINE)
    path.write_text("other", encoding="utf-8")

    file = watching.take_file(WatchedFile.objects.get().pk, actor=SYSTEM, now=NINE)
    assert (file.state, path.exists()) == (WatchedState.QUEUED, True)
    assert not Import.objects.exists()


def test_each_file_is_asked_for_once(world: Drives, folder: Path):
    put(folder, "plant.csv")

    asked = [watching.look(now=NINE) for _ in range(4)]
    assert (asked, Job.objects.count()) == ([0, 1, 0, 0], 1)


def test_the_same_list_under_another_name_changes_nothing(world: Drives, folder: Path):
    remembered(is_taken_unasked=True)
    put(folder, "plant.csv")
    worked()
    WatchedFile.objects.all().delete()
    put(folder, "again.csv")

    file = worked()
    assert file.source is not None
    assert (file.source.created_count, file.source.unchanged_count) == (0, 1)


def test_without_a_folder_nothing_is_watched(world: Drives, settings: Settings):
    settings.IMPORT_FOLDER = ""
    assert watching.look(now=NINE) == 0

    settings.IMPORT_FOLDER = "/there/is/no/such/folder"
    assert watching.look(now=NINE) == 0


def test_files_are_listed_newest_first(world: Drives, folder: Path):
    put(folder, "a.csv")
    watching.look(now=NINE)
    put(folder, "b.csv")
    watching.look(now=NINE + timedelta(seconds=30))

    assert [file.name for file in queries.watched_files()] == ["b.csv", "a.csv"]
