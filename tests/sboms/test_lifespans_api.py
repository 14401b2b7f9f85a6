"""Lifespans over REST: stated, withdrawn, taken in from lists; components by their end."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from longmark.core.actors import SYSTEM, Role
from longmark.sboms.models import Component
from longmark.sboms.services.documents import add_document
from tests.sboms.samples import a_bom, a_library
from tests.world import NINE, a_product, a_release, a_slot

JSON = "application/json"
PATH = "/api/v1/lifespans"
STATED = {
    "product": "openssl",
    "versions": "1.1.1",
    "end_of_life_on": "2023-09-11",
    "said_by": "OpenSSL project",
}


@pytest.fixture
def petra(caller) -> Client:
    return caller(Role.SECURITY)


def firmware():
    release = a_release()
    content = a_bom(a_library("openssl", "1.1.1k"), a_library("motor-control", "7.1"))
    add_document(release, content, actor=SYSTEM, now=NINE)
    return release


def state(client: Client, **details):
    return client.post(PATH, STATED | details, JSON)


def components(client: Client, **asked) -> list[str]:
    answer = client.get(f"{PATH}/components", query_params=asked)
    return [row["component"] for row in answer.json()["items"]]


def test_a_statement_is_added_read_and_withdrawn(petra: Client):
    made = state(petra)

    row = made.json()
    assert (made.status_code, row["product"], row["standing"]) == (201, "openssl", "ended")
    assert petra.get(f"{PATH}/{row['id']}").json() == row
    gone = petra.post(f"{PATH}/{row['id']}/withdrawal", {"reason": "wrong"}, JSON)
    assert gone.json()["withdrawal_reason"] == "wrong"
    assert petra.get(PATH).json()["items"] == []
    assert len(petra.get(f"{PATH}?with_withdrawn=true").json()["items"]) == 1


@pytest.mark.parametrize(
    ("details", "status", "field"),
    [
        ({"product": "quux"}, 422, "product"),
        ({"versions": "new"}, 422, "versions"),
        ({"said_by": ""}, 422, "said_by"),
        ({"end_of_life_on": "soon"}, 422, "body.end_of_life_on"),
    ],
)
def test_what_cannot_be_said_is_refused_with_its_field(petra: Client, details, status, field):
    answer = state(petra, **details)

    assert answer.status_code == status
    assert field.endswith(answer.json()["errors"][0]["field"].rpartition(".")[2])


def test_a_viewer_reads_and_may_not_state(caller, petra: Client):
    state(petra)
    otto = caller(Role.VIEWER)

    assert state(otto).status_code == 403
    assert len(otto.get(PATH).json()["items"]) == 1


def test_a_list_comes_with_its_refusals(petra: Client):
    part = SimpleUploadedFile("eol.csv", b"product,cycle,eol\nopenssl,3.0,2026-09-07\nquux,1,\n")

    answer = petra.post(f"{PATH}/lists", {"file": part})

    taken = answer.json()
    assert (answer.status_code, taken["filename"]) == (201, "eol.csv")
    assert (taken["added_count"], taken["refused_count"]) == (1, 1)
    assert petra.get(f"{PATH}/lists/{taken['id']}").json() == taken
    state(petra)
    rows = petra.get(f"{PATH}?edition={taken['id']}").json()["items"]
    assert [row["versions"] for row in rows] == ["3.0"]
    assert petra.get(f"{PATH}?edition=999").status_code == 404


def test_a_body_of_json_is_a_list_about_a_product(petra: Client):
    content = b'[{"cycle": "3.0", "eol": "2026-09-07"}]'

    answer = petra.post(f"{PATH}/lists?product=openssl&filename=o.json", content, JSON)

    assert answer.json()["added_count"] == 1


def test_components_are_listed_by_their_end_and_narrowed(petra: Client):
    release = firmware()
    product = a_product()
    a_slot(product, "main-firmware", release)
    state(petra)

    assert components(petra) == ["openssl"]
    assert components(petra, view="unknown") == ["motor-control"]
    assert components(petra, release=release.pk) == ["openssl"]
    assert components(petra, item=product.pk) == ["openssl"]
    assert components(petra, item=a_product("TG-900").pk) == []
    assert petra.get(f"{PATH}/components?view=odd").status_code == 422


def test_a_component_says_who_speaks_of_it(petra: Client):
    firmware()
    state(petra)
    component = Component.objects.get(name="openssl")

    (row,) = petra.get(f"/api/v1/components/{component.pk}/lifespans").json()

    assert (row["ends_on"], row["said_by"]) == ("2023-09-11", "OpenSSL project")


def test_a_check_tells_what_is_past_its_end_without_storing_anything(petra: Client):
    state(petra)
    content = a_bom(a_library("openssl", "1.1.1k"), a_library("motor-control", "7.1"))

    answer = petra.post("/api/v1/check", content, "application/vnd.cyclonedx+json").json()

    assert [(row["component"], row["standing"]) for row in answer["lifespans"]] == [
        ("openssl", "ended")
    ]
    assert not Component.objects.exists()
