"""Links and labels over REST."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from longmark.api import labels
from longmark.core.actors import Role
from longmark.fleet.models import Unit
from longmark.fleet.queries.links import units_scanned
from tests.fleet.world import Drives, built, drives

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(caller: Callable[..., Client]) -> Client:
    return caller(Role.VIEWER)


@pytest.fixture
def world() -> Drives:
    return drives()


def three(world: Drives) -> list[Unit]:
    return [built(world.unit(f"100{number}")) for number in (1, 2, 3)]


def test_labels_are_listed_in_pages(viewer: Client, world: Drives) -> None:
    units = three(world)
    first = viewer.get("/api/v1/labels", {"limit": 2}).json()
    rest = viewer.get("/api/v1/labels", {"limit": 2, "after": first["next"]}).json()

    rows: list[dict[str, Any]] = first["items"] + rest["items"]
    assert [row["serial"] for row in rows] == ["1001", "1002", "1003"]
    assert [units_scanned(row["link"]) for row in rows] == [[unit] for unit in units]
    assert rest["next"] is None


def test_a_longer_list_costs_no_more_queries(
    viewer: Client, world: Drives, django_assert_max_num_queries: Any
) -> None:
    three(world)
    viewer.get("/api/v1/labels")
    with django_assert_max_num_queries(20) as few:
        viewer.get("/api/v1/labels", {"limit": 1})
    with django_assert_max_num_queries(len(few)):
        viewer.get("/api/v1/labels", {"limit": 500})


def test_sheets_hold_exactly_the_units_asked_for(viewer: Client, world: Drives) -> None:
    first, _, third = three(world)
    asked = {"unit_id": [str(first.pk), str(third.pk)], "paper": "a4-21"}
    text = viewer.get("/api/v1/labels.html", asked).content.decode()

    assert "1001" in text
    assert "1002" not in text
    assert "1003" in text


@pytest.mark.parametrize(
    ("asked", "said"), [({"paper": "letter"}, "62x29"), ({"skip": 24}, "has 24 places")]
)
def test_a_sheet_that_cannot_be_is_refused(
    viewer: Client, world: Drives, asked: dict[str, Any], said: str
) -> None:
    three(world)
    answer = viewer.get("/api/v1/labels.html", asked)

    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_more_labels_than_one_document_bears_are_refused_not_cut(
    viewer: Client, world: Drives, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels, "AT_ONCE_LIMIT_LABELS", 2)
    three(world)
    answer = viewer.get("/api/v1/labels.html")

    assert answer.status_code == 422
    assert "more than 2" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["label.svg", "label.svg?paper=100x50", "code.svg?side_mm=12"])
def test_drawings_of_one_unit_are_well_formed(viewer: Client, world: Drives, name: str) -> None:
    answer = viewer.get(f"/api/v1/units/{built(world.unit('1001')).pk}/{name}")

    assert answer["Content-Type"] == "image/svg+xml"
    assert etree.fromstring(answer.content).tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize(
    "path", ["labels", "labels.html", "units/{}/label.svg", "units/{}/code.svg"]
)
def test_strangers_get_no_link(client: Client, world: Drives, path: str) -> None:
    answer = client.get("/api/v1/" + path.format(built(world.unit("1001")).pk))

    assert answer.status_code == 401


def test_labels_are_handed_out_as_pdf_and_for_label_printers(viewer: Client, world: Drives) -> None:
    three(world)

    document = viewer.get("/api/v1/labels.pdf", {"paper": "letter-30", "text": "1001"})
    formats = viewer.get("/api/v1/labels.zpl", {"paper": "80x40", "dpi": 300})
    sheet = viewer.get("/api/v1/labels.zpl", {"paper": "a4-24"})

    assert (document.status_code, document["Content-Type"]) == (200, "application/pdf")
    assert document.content.startswith(b"%PDF")
    assert formats.content.decode().count("^XA") == 3
    assert (sheet.status_code, sheet.json()["errors"][0]["field"]) == (422, "paper")
