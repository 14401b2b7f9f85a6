"""Pages of the parameters of units: found against booked, history, drift."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from longmark.core.actors import SYSTEM
from longmark.core.life.events import CustodyRole, Kind
from longmark.fleet.models import ParameterDrift, ParameterSnapshot, Unit
from longmark.fleet.queries import snapshots as queries
from longmark.fleet.services import booking
from tests.fleet.parameter_world import a_drive, changed, found, with_parameters
from tests.fleet.world import PARAMETERS, Drives, booked, drives, kept_by
from tests.world import NINE, a_party

pytestmark = pytest.mark.django_db


@pytest.fixture
def drive_world(db: None) -> Drives:
    made = drives()
    with_parameters(made)
    return made


@pytest.fixture
def drive(drive_world: Drives) -> Unit:
    return a_drive(drive_world)


def a_file(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("out.txt", text.encode())


def posted(client: Client, unit: Unit, text: str, **others: str):  # type: ignore[no-untyped-def]
    stated = {"on": "2026-04-11", "evidence": "confirmed", "source": "tour", **others}
    return client.post(
        f"/units/{unit.pk}/parameters/", {"file": a_file(text), **stated}, follow=True
    )


def test_a_file_is_dropped_and_shown_against_what_was_booked(
    drive: Unit, as_technician: Client
) -> None:
    page = posted(as_technician, drive, "P10.07 = on\nP2.01 = 5.00\nP90.01 = hunter2\n")
    told = page.content.decode()

    assert "Kept as snapshot 1" in told
    assert "holds secrets (P90.01)" in told
    assert "One value was found that nobody booked." in told
    assert "hunter2" not in told
    kept = ParameterSnapshot.objects.get()
    assert (kept.source, kept.evidence) == ("tour", 4)


def test_only_what_nobody_booked_is_shown_if_asked(drive: Unit, signed_in: Client) -> None:
    found(drive, "P10.07 = on\nP2.01 = 5\n", 100)

    page = signed_in.get(f"/units/{drive.pk}/parameters/", {"only": "drift"})

    (place,) = page.context["places"]
    assert [row.name for row in place["page"].items] == ["P10.07"]


def test_a_secret_as_delivered_is_told(drive: Unit, signed_in: Client) -> None:
    found(drive, "P90.01 = 0000\n", 100)

    page = signed_in.get(f"/units/{drive.pk}/parameters/").content.decode()

    assert "still as delivered" in page
    assert "0000" not in page.replace("#0000", "")


@pytest.mark.parametrize(
    ("text", "others", "told"),
    [
        ("P1 = 1\nP1 = 2\n", {}, "line 2"),
        ("P1 = 1\n", {"on": "2099-01-01"}, "At the latest"),
        ("P1 = 1\n", {"on": "2025-01-01"}, "before 1001 was built"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_its_reason(
    drive: Unit, as_technician: Client, text: str, others: dict[str, str], told: str
) -> None:
    page = posted(as_technician, drive, text, **others)

    assert page.status_code == 422
    assert told in page.content.decode()
    assert not ParameterSnapshot.objects.exists()


def test_a_snapshot_is_compared_with_what_was_booked_released_or_found(
    drive: Unit, signed_in: Client
) -> None:
    found(drive, "P10.07 = on\nP2.01 = 5\n", 100)
    found(drive, "P10.07 = on\nP2.01 = 7\n", 110)
    address = f"/units/{drive.pk}/parameters/2/"

    def names(against: str) -> set[str]:
        changes = signed_in.get(address, {"against": against}).context["changes"]
        return {each.name for each in changes if each.change == "changed"}

    assert names("") == names("released") == {"P2.01", "P10.07"}
    assert names("1") == {"P2.01"}
    assert signed_in.get(f"{address}file/").getvalue() == b"P10.07 = on\nP2.01 = 7\n"
    assert signed_in.get(f"/units/{drive.pk}/parameters/9/").status_code == 404


def test_a_withdrawn_snapshot_says_that_it_does_not_count(drive: Unit, signed_in: Client) -> None:
    kept = found(drive, "P10.07 = on\n", 100)
    booking.correct_event(drive, kept.seq, replacement=None, reason="x", actor=SYSTEM, now=NINE)

    page = signed_in.get(f"/units/{drive.pk}/parameters/1/").content.decode()

    assert "It does not count any more." in page


def test_history_shows_which_value_held_when(
    drive_world: Drives, drive: Unit, signed_in: Client
) -> None:
    changed(drive_world, 50, **{"P10.07": "on"})
    found(drive, "P10.07 = on\n", 100)

    page = signed_in.get(f"/units/{drive.pk}/parameters/history/", {"only": "moved"})
    told = page.content.decode()

    assert [row[0] for row in page.context["page"].items] == ["P10.07"]
    assert "released set" in told
    assert "seen again" in told


def test_what_was_found_is_booked_with_a_reason(drive: Unit, as_technician: Client) -> None:
    found(drive, "P10.07 = on\n", 100)
    address = f"/units/{drive.pk}/parameters/explain/"
    said = {"on": "2026-04-01", "evidence": "declared", "reason": "The integrator did."}

    assert as_technician.post(address, {**said, "on": "2026-05-01"}).status_code == 422
    page = as_technician.post(address, said, follow=True).content.decode()

    assert "What was found is booked." in page
    assert not ParameterDrift.objects.exists()
    assert queries.record_of(drive, PARAMETERS).booked_values(NINE)["P10.07"] == "on"
    assert as_technician.get(address).status_code == 404


def test_the_unit_says_that_it_drifts_and_leads_to_its_parameters(
    drive: Unit, signed_in: Client
) -> None:
    found(drive, "P10.07 = on\nP99.01 = 1\n", 100)
    found(drive, "P99.01 = 2\n", 110)

    page = signed_in.get(f"/units/{drive.pk}/").content.decode()

    assert "Its parameters differ from what was booked." in page
    assert "P99.01 went from 1 to 2" in page
    assert f'href="/units/{drive.pk}/parameters/"' in page


def test_drifting_units_are_listed_filtered_and_exported(
    drive_world: Drives, drive: Unit, signed_in: Client
) -> None:
    other = a_drive(drive_world, "1002")
    booked(
        drive_world.unit("1002"),
        Kind.SHIPPED,
        20,
        custody={CustodyRole.OPERATOR: kept_by(a_party(country="AT"))},
    )
    for unit in (drive, other):
        found(unit, "P10.07 = on\n", 100)

    everything = signed_in.get("/drift/").context["page"].items
    austrian = signed_in.get("/drift/", {"country": "AT"}).context["page"].items
    counted = signed_in.get("/drift/", {"by": "counter"}).content.decode()
    table = signed_in.get("/drift.csv", {"q": "1001"}).getvalue().decode()
    book = load_workbook(io.BytesIO(signed_in.get("/drift.xlsx").getvalue()))

    assert len(everything) == 2
    assert [row.unit.serial for row in austrian] == ["1002"]
    assert "No unit fits these filters" in counted
    assert "P10.07: off → on" in table
    assert "1002" not in table
    assert book.active is not None
    assert book.active.max_row == 3


def test_the_desk_counts_what_drifts(drive: Unit, signed_in: Client) -> None:
    assert "differ from what was booked" not in signed_in.get("/").content.decode()
    found(drive, "P10.07 = on\n", 100)

    page = signed_in.get("/").content.decode()

    assert "Parameters of one unit differ from what was booked" in page
    assert 'href="/drift/"' in page


def test_those_without_the_right_may_look_and_no_more(
    drive: Unit, as_viewer: Client, as_otto: Client
) -> None:
    found(drive, "P10.07 = on\n", 100)
    address = f"/units/{drive.pk}/parameters/"

    assert as_viewer.get(address).status_code == 200
    assert "Keep what was found" not in as_viewer.get(address).content.decode()
    assert as_viewer.post(f"{address}explain/", {}).status_code == 403
    assert posted(as_viewer, drive, "P1 = 1\n").status_code == 422
    assert ParameterSnapshot.objects.count() == 1
    for hidden in (address, "/drift/", f"{address}1/", f"{address}history/"):
        assert as_otto.get(hidden).status_code == 403


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_of_drifting_units_costs_the_same_at_any_length(
    count: int,
    drive_world: Drives,
    signed_in: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        found(a_drive(drive_world, f"20{number:02}"), "P10.07 = on\n", 100)
    signed_in.get("/drift/")

    with django_assert_max_num_queries(5):
        signed_in.get("/drift/")


@pytest.mark.parametrize("count", [1, 15])
def test_the_page_of_a_unit_costs_the_same_however_often_it_was_read(
    count: int,
    drive: Unit,
    signed_in: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        found(drive, f"P2.01 = {number + 10}\n", 100 + number)
    signed_in.get("/")

    with django_assert_max_num_queries(36):
        signed_in.get(f"/units/{drive.pk}/parameters/")
