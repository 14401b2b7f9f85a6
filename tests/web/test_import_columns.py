"""The page on which a person says which column of a list is which."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from longmark.core.actors import SYSTEM
from longmark.fleet.models import Import
from longmark.fleet.queries import imports as queries
from longmark.fleet.services import mapping
from tests.web.world import World
from tests.world import NINE

pytestmark = pytest.mark.django_db(transaction=True)

PLANT = "Nr;Typ;Wann\n5001;drive;2026-07-01\n"


def received(text: str = PLANT) -> Import:
    file = io.BytesIO(text.encode())
    return mapping.receive_list(file, filename="plant.csv", actor=SYSTEM, now=NINE)


def said(**others: str) -> dict[str, str]:
    answer = {
        "column_0": "serial",
        "column_1": "item",
        "column_2": "date",
        "words": "item: drive = TG-200",
        "fixed": "source = plant",
    }
    return answer | others


def columns_of(source: Import, **asked: Any) -> str:
    return reverse("web:import-columns", args=[source.pk], query=asked or None)


def test_a_list_that_nobody_understands_leads_to_its_columns(world: World, as_technician: Client):
    file = SimpleUploadedFile("plant.csv", PLANT.encode())
    answer = as_technician.post(reverse("web:imports"), {"file": file})

    source = Import.objects.get()
    assert answer["Location"] == columns_of(source)
    page = as_technician.get(columns_of(source)).content.decode()
    assert "5001" in page
    assert 'value="item"' in page
    assert 'value="wann"' not in page, "no unit has such a slot, so that it says nothing"


def test_once_said_the_effect_is_shown(world: World, as_technician: Client):
    source = received()
    answer = as_technician.post(columns_of(source), said())

    assert answer.status_code == 302
    looked = queries.import_(source.pk)
    assert (looked.state, looked.created_count) == ("staged", 1)
    page = as_technician.get(answer["Location"]).content.decode()
    assert "clocks without a zone are taken for UTC" in page


def test_what_is_missing_still_is_said_on_the_page(world: World, as_technician: Client):
    answer = as_technician.post(columns_of(received()), said(column_1=""))

    assert answer.status_code == 422
    assert "No column &quot;item&quot;" in answer.content.decode()


def test_a_profile_is_remembered_and_forgotten(world: World, as_technician: Client):
    source = received()
    as_technician.post(columns_of(source), said(save="1", save_as="plant", is_taken_unasked="on"))

    (profile,) = queries.profiles()
    assert (profile.name, profile.headers, profile.is_taken_unasked) == (
        "plant",
        ["nr", "typ", "wann"],
        True,
    )
    assert received().profile == "plant"
    as_technician.post(reverse("web:import-profile-forget", args=[profile.pk]))
    assert queries.profiles() == []


def test_a_file_is_read_again_as_it_is_said(world: World, as_technician: Client):
    source = received("a#b;c\n1#2;3\n")
    page = as_technician.get(columns_of(source, again="1", delimiter="#")).content.decode()

    assert "2;3" in page


def test_who_may_not_import_does_not_come_here(world: World, as_viewer: Client):
    assert as_viewer.get(columns_of(received())).status_code == 403


def test_column_that_nothing_is_known_of_may_be_passed_over(world: World, as_technician: Client):
    source = received("item;serial;date;colour\nTG-200;5001;2026-07-01;red\n")
    address = reverse("web:import", args=[source.pk])
    page = as_technician.get(address).content.decode()
    assert "No unit has a slot for the column “colour”." in page
    assert f'Else say which column it is. <a href="{columns_of(source)}">' in page
    assert "have it passed over: on the page &quot;Columns&quot;" in page

    names = {"column_0": "item", "column_1": "serial", "column_2": "date", "column_3": ""}
    as_technician.post(columns_of(source), names)

    assert "No unit has a slot" not in as_technician.get(address).content.decode()
    assert queries.import_(source.pk).refused_count == 0


LIST = "item;serial;date\nTG-200;5001;2026-07-01\n"


def test_a_list_is_taken_back_with_a_reason(world: World, as_technician: Client):
    source = received(LIST)
    as_technician.post(reverse("web:import-take", args=[source.pk]))
    address = reverse("web:import-undo", args=[source.pk])

    assert "Take the list back" in as_technician.get(address).content.decode()
    assert as_technician.post(address, {"reason": ""}).status_code == 422
    as_technician.post(address, {"reason": "of another plant"})
    page = as_technician.get(reverse("web:import", args=[source.pk])).content.decode()
    assert "The list may be dropped again" in page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_report_of_every_row_comes_as_a_file(world: World, as_technician: Client, kind: str):
    source = received(LIST)
    as_technician.post(reverse("web:import-take", args=[source.pk]))

    answer = as_technician.get(reverse("web:import-report", args=[source.pk]), {"as": kind})
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"PK") or b"TG-200,5001,2026-07-01,created,1," in content
