"""Parameters of sets over REST."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from longmark.catalog.models import Item, Release
from longmark.core.actors import Role
from longmark.core.vocabulary import ItemKind
from tests.world import a_release, an_item

pytestmark = pytest.mark.django_db

TABLE = (
    "parameter;type;meaning;unit;min;max;default;secret\n"
    "P10.07;bool;IPv6;;;;off;\nP2.01;decimal;Ramp;s;0;600;5;\nP90.01;text;Password;;;;;x\n"
)


@pytest.fixture
def v7(db: None) -> Release:
    return a_release("v7", item=an_item("tg-params", kind=ItemKind.PARAMETERS))


@pytest.fixture
def params(v7: Release) -> Item:
    return v7.item


def a_file(text: str, name: str = "file.csv") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, text.encode())}


def test_a_table_is_taken_listed_and_given_back(caller, params: Item) -> None:
    client = caller(Role.ENGINEER)

    done = client.post(f"/api/v1/items/{params.pk}/parameters/table", a_file(TABLE))
    listed = client.get(f"/api/v1/items/{params.pk}/parameters", {"text": "ramp"}).json()
    table = client.get(f"/api/v1/items/{params.pk}/parameters.csv")

    assert (done.status_code, done.json()["added"]) == (201, ["P10.07", "P2.01", "P90.01"])
    assert [row["measured_in"] for row in listed["items"]] == ["s"]
    again = client.post(
        f"/api/v1/items/{params.pk}/parameters/table", a_file(table.getvalue().decode())
    )
    assert again.json()["unchanged_count"] == 3


def test_what_is_wrong_in_a_table_is_told_by_row(caller, params: Item) -> None:
    answer = caller(Role.ENGINEER).post(
        f"/api/v1/items/{params.pk}/parameters/table", a_file("parameter,type\nP1,colour\n")
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][1]["field"] == "row 2"


def test_one_parameter_is_defined_from_a_release_on_and_dropped(
    caller, params: Item, v7: Release
) -> None:
    client = caller(Role.ENGINEER)
    body = {"name": "p3.01", "options": "0=off|1=on", "type": "enum", "since_release_id": v7.pk}

    client.post(f"/api/v1/items/{params.pk}/parameters", body, content_type="application/json")
    listed = client.get(f"/api/v1/items/{params.pk}/parameters").json()["items"]
    gone = client.post(
        f"/api/v1/items/{params.pk}/parameters/drop",
        {"name": "P3.01", "since_release_id": v7.pk},
        content_type="application/json",
    )

    assert [(row["name"], row["since"]) for row in listed] == [("P3.01", "v7")]
    assert gone.status_code == 204
    assert client.get(f"/api/v1/items/{params.pk}/parameters").json()["items"] == []


def test_values_are_released_read_and_written_in_every_format(
    caller, params: Item, v7: Release
) -> None:
    client = caller(Role.ENGINEER)
    client.post(f"/api/v1/items/{params.pk}/parameters/table", a_file(TABLE))
    path = f"/api/v1/releases/{v7.pk}/parameters"

    known = client.post(path, a_file("P10.07 = on\nP2.01 = 601\nP90.01 = hunter2\n", "v7.txt"))
    shown = client.get(path).json()
    files = {
        name: client.get(f"{path}/file", {"format": name})
        for name in ("csv", "json", "xml", "key=value")
    }

    assert known.json()["secrets"] == ["P90.01"]
    told = {row["name"]: row for row in shown["values"]}
    assert told["P2.01"]["misfit"] == '"601" is above 600.'
    assert told["P90.01"]["value"].startswith("digest:")
    assert "hunter2" not in str(shown)
    for name, answer in files.items():
        again = client.post(path, a_file(answer.content.decode(), f"v7.{name}"))
        assert again.json()["digest"] == shown["digest"]
    assert client.get(f"{path}/file", {"format": "xlsx"}).status_code == 422
    assert b"hunter2" not in client.get(f"{path}/file").getvalue()


def test_two_releases_are_compared_by_type(caller, params: Item, v7: Release) -> None:
    client = caller(Role.ENGINEER)
    client.post(f"/api/v1/items/{params.pk}/parameters/table", a_file(TABLE))
    v8 = a_release("v8", item=params)
    client.post(f"/api/v1/releases/{v7.pk}/parameters", a_file("P10.07 = on\nP2.01 = 5.0\n"))
    client.post(f"/api/v1/releases/{v8.pk}/parameters", a_file("P10.07 = 0\nP2.01 = 5\n"))

    rows = client.get(f"/api/v1/releases/{v8.pk}/parameters/difference", {"against": v7.pk}).json()

    assert [(row["name"], row["change"], row["title"]) for row in rows] == [
        ("P10.07", "changed", "IPv6")
    ]


def test_values_that_nobody_handed_over_are_not_found(caller, v7: Release) -> None:
    assert caller(Role.ENGINEER).get(f"/api/v1/releases/{v7.pk}/parameters").status_code == 404


def test_who_may_only_look_releases_nothing(caller, params: Item, v7: Release) -> None:
    client = caller(Role.VIEWER)

    for path in (f"items/{params.pk}/parameters/table", f"releases/{v7.pk}/parameters"):
        assert client.post(f"/api/v1/{path}", a_file("parameter\nP1\n")).status_code == 403
