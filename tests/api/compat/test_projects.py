"""Projects: releases as Dependency-Track's clients list, make and change them."""

from typing import Any

import pytest

from longmark.catalog.models import Item, Release
from longmark.core.actors import Role
from longmark.core.vocabulary import ItemKind, ReleaseStatus
from longmark.ledger.models import Entry
from longmark.sboms import queries as sboms
from tests.api.compat.clients import Caller, a_caller, curl
from tests.sboms.samples import the_drive
from tests.world import a_release, an_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def ci() -> Caller:
    return a_caller(Role.ENGINEER)


def made(ci: Caller, name: str = "line", version: str | None = "1", **said: Any) -> Any:
    answer = ci.send("PUT", "/v1/project", {"name": name, "version": version, **said})
    assert answer.status_code == 201
    return answer.json()


def test_a_release_is_a_project_whose_uuid_stays(ci: Caller):
    release = a_release()
    (listed,) = ci.get("/v1/project").json()

    assert (listed["name"], listed["version"]) == ("tg200-fw", "2.3.1")
    assert listed["classifier"] == "FIRMWARE"
    assert ci.get(f"/v1/project/{listed['uuid']}").json() == listed
    assert ci.get(f"/v1/project/{listed['uuid'].upper()}").json() == listed
    assert ci.get("/v1/project/lookup", name="tg200-fw", version="2.3.1").json() == listed
    assert listed["uuid"].endswith(f"{release.pk:012x}")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/project/lookup?name=none&version=1",
        "/v1/project/latest/none",
        "/v1/project/nonsense",
        "/v1/project/4c6d7244-0001-8000-8000-0000000f4240",
        "/v1/finding/project/nonsense",
    ],
)
def test_what_is_not_there_is_not_found(ci: Caller, path: str):
    answer = ci.get(path)

    assert (answer.status_code, answer.content) == (404, b"The project could not be found.")


def test_projects_are_read_page_by_page(ci: Caller):
    item = an_item()
    for number in range(5):
        a_release(f"1.{number}", item=item)

    pages = [
        ci.get("/v1/project", pageSize="2", pageNumber=str(page), excludeInactive="true")
        for page in (1, 2, 3, 4)
    ]
    assert [[each["version"] for each in page.json()] for page in pages] == [
        ["1.0", "1.1"],
        ["1.2", "1.3"],
        ["1.4"],
        [],
    ]
    assert {page["X-Total-Count"] for page in pages} == {"5"}
    assert pages[0]["X-Powered-By"].startswith("Dependency-Track v4.")


@pytest.mark.parametrize("count", [2, 12])
def test_a_list_costs_the_same_queries_for_few_and_many(
    ci: Caller, count: int, django_assert_num_queries: Any
):
    item = an_item()
    for number in range(count):
        a_release(f"1.{number}", item=item)
    ci.get("/version")

    with django_assert_num_queries(6):
        assert len(ci.get("/v1/project", limit="500").json()) == count


def test_a_page_that_is_no_number_is_refused(ci: Caller):
    assert ci.get("/v1/project", pageNumber="x").status_code == 400


def test_a_project_is_made_with_parent_tags_and_classifier(ci: Caller):
    parent = made(ci, "plant", None, collectionLogic="AGGREGATE_DIRECT_CHILDREN")
    project = made(
        ci,
        "boot",
        classifier="FIRMWARE",
        parent={"uuid": parent["uuid"]},
        tags=[{"name": "Edge"}, {"name": None}],
        isLatest=True,
        active=True,
    )

    assert "version" not in parent
    assert (project["parent"]["name"], project["tags"]) == ("plant", [{"name": "edge"}])
    assert ci.get(f"/v1/project/{parent['uuid']}/children").json() == [project]
    assert [each["name"] for each in ci.get("/v1/project", onlyRoot="true").json()] == ["plant"]
    assert [each["name"] for each in ci.get("/v1/project", tag="edge").json()] == ["boot"]
    release = Release.objects.get(item__name="boot")
    assert (release.status, release.item.kind) == (ReleaseStatus.DRAFT, ItemKind.FIRMWARE)


def test_what_exists_is_not_made_twice(ci: Caller):
    made(ci)
    answer = ci.send("PUT", "/v1/project", {"name": "line", "version": "1"})

    assert answer.status_code == 409
    assert answer.content == b"A project with the specified name and version already exists."


def test_an_item_is_known_by_its_number_too(ci: Caller):
    an_item("vfd-fw", numbers={"ERP": "10-4471"})
    made(ci, "10-4471", "3.0")

    assert Item.objects.count() == 1


def test_a_change_that_changes_nothing_is_answered_with_304(ci: Caller):
    uuid = made(ci)["uuid"]
    said = {"tags": [{"name": "a"}], "group": "drives", "swidTagId": "x", "isLatest": True}

    first = ci.send("PATCH", f"/v1/project/{uuid}", said)
    written = Entry.objects.count()
    second = ci.send("PATCH", f"/v1/project/{uuid}", said)
    assert (first.status_code, first.json()["group"]) == (200, "drives")
    assert (second.status_code, second.content, Entry.objects.count()) == (304, b"", written)


def test_a_change_says_only_what_it_names(ci: Caller):
    uuid = made(ci, tags=[{"name": "a"}], description="The line.")["uuid"]
    changed = ci.send("PATCH", f"/v1/project/{uuid}", {"group": "g"}).json()

    assert (changed["tags"], changed["description"]) == ([{"name": "a"}], "The line.")


def test_a_project_cannot_be_above_itself(ci: Caller):
    outer = made(ci, "outer")
    inner = made(ci, "inner", parent={"uuid": outer["uuid"]})
    answer = ci.send("PATCH", f"/v1/project/{outer['uuid']}", {"parent": {"uuid": inner["uuid"]}})

    assert answer.status_code == 409


def test_a_release_keeps_its_name_and_version(ci: Caller):
    uuid = made(ci)["uuid"]

    assert ci.send("PATCH", f"/v1/project/{uuid}", {"version": "2"}).status_code == 400


def test_the_whole_project_is_taken_back_with_the_latest_flag(ci: Caller):
    """As the scanner does, which sends back what it read with one thing changed."""
    project = made(ci)
    answer = ci.send("POST", "/v1/project", project | {"isLatest": True})

    assert (answer.status_code, answer.json()["isLatest"]) == (200, True)


def test_inactive_projects_are_left_out_on_request(ci: Caller):
    made(ci, active=False)

    assert len(ci.get("/v1/project").json()) == 1
    assert ci.get("/v1/project", excludeInactive="true").json() == []


def test_a_clone_takes_along_what_it_is_asked_to(ci: Caller):
    fields = {"projectName": "vfd-fw", "projectVersion": "1", "autoCreate": "true"}
    uuid = ci.upload(curl(the_drive(), **fields, projectTags="a")).json()["projectUuid"]
    wanted = {"includeTags": True, "includeComponents": True, "makeCloneLatest": True}
    answer = ci.send("PUT", "/v1/project/clone", {"project": uuid, "version": "2", **wanted})

    clone = ci.get("/v1/project/lookup", name="vfd-fw", version="2").json()
    assert ci.get(f"/v1/event/token/{answer.json()['token']}").json() == {"processing": False}
    assert (clone["tags"], clone["isLatest"]) == ([{"name": "a"}], True)
    (document,) = sboms.documents_of(Release.objects.get(version="2"))
    assert document.component_count == 4


def test_a_clone_of_what_exists_is_refused(ci: Caller):
    uuid = made(ci)["uuid"]

    assert ci.send("PUT", "/v1/project/clone", {"project": uuid, "version": "1"}).status_code == 409


def test_whoever_may_only_read_changes_nothing():
    viewer = a_caller(Role.VIEWER)
    a_release()
    (project,) = viewer.get("/v1/project").json()
    path = f"/v1/project/{project['uuid']}"

    assert viewer.send("PATCH", path, {"group": "g"}).status_code == 403
    assert viewer.send("PUT", "/v1/project", {"name": "x"}).status_code == 403
    clone = {"project": project["uuid"], "version": "9"}
    assert viewer.send("PUT", "/v1/project/clone", clone).status_code == 403


def test_outsiders_see_nothing():
    assert a_caller().get("/v1/project").status_code == 403


def test_a_method_that_is_not_spoken_is_named(ci: Caller):
    answer = ci.send("DELETE", "/v1/project", {})

    assert (answer.status_code, answer["Allow"]) == (405, "GET, PUT, POST")
