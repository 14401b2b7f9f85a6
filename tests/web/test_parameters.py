"""Pages of parameters: what they are, and the values of releases."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from longmark.catalog.models import Item, Release
from longmark.catalog.queries import parameters as queries
from longmark.catalog.services import parameters as services
from longmark.core.actors import SYSTEM
from longmark.core.parameters.definitions import Definition, ParameterType
from longmark.core.vocabulary import ItemKind
from tests.world import NINE, a_release, an_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def v7(db: None) -> Release:
    return a_release("v7", item=an_item("tg-params", kind=ItemKind.PARAMETERS))


@pytest.fixture
def params(v7: Release) -> Item:
    services.define_parameters(
        v7.item,
        [
            Definition("P10.07", ParameterType.BOOL, "IPv6", default="off"),
            Definition("P2.01", ParameterType.DECIMAL, "Ramp", "s", "0", "600"),
            Definition("P90.01", title="Service password", default="0000", is_secret=True),
        ],
        actor=SYSTEM,
        now=NINE,
    )
    return v7.item


def a_file(text: str, name: str = "v7.txt") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, text.encode())}


def test_definitions_are_listed_and_found(params: Item, signed_in: Client) -> None:
    address = f"/items/{params.pk}/parameters/"

    page = signed_in.get(address).content.decode()
    found = signed_in.get(address, {"q": "ipv6"}).content.decode()

    assert page.index("P2.01") < page.index("P10.07")
    assert "0 to 600" in page
    assert "P10.07" in found
    assert "P2.01" not in found


def test_a_parameter_is_defined_by_form_from_a_release_on(
    params: Item, v7: Release, signed_in: Client
) -> None:
    stated = {"name": "p3.01", "type": "enum", "options": "0=off|1=on", "since": v7.pk}

    page = signed_in.post(f"/items/{params.pk}/parameters/define/", stated, follow=True)

    assert "1 parameter added" in page.content.decode()
    assert queries.definitions_at(params, v7)["P3.01"].labels == {"0": "off", "1": "on"}


def test_a_form_shows_what_is_known_but_no_secret(params: Item, signed_in: Client) -> None:
    address = f"/items/{params.pk}/parameters/define/"

    ramp = signed_in.get(address, {"name": "P2.01"}).content.decode()
    password = signed_in.get(address, {"name": "P90.01"}).content.decode()

    assert 'value="600"' in ramp
    assert "digest:" not in password


def test_what_contradicts_itself_is_shown_at_its_field(params: Item, signed_in: Client) -> None:
    stated = {"name": "P3.01", "type": "int", "minimum": "5", "maximum": "1"}

    response = signed_in.post(f"/items/{params.pk}/parameters/define/", stated)

    assert response.status_code == 422
    assert "ends before it begins" in response.content.decode()


def test_a_table_is_dropped_and_its_defects_are_told_by_row(
    params: Item, signed_in: Client
) -> None:
    address = f"/items/{params.pk}/parameters/table/"

    bad = signed_in.post(address, a_file("parameter,type\nP4.01,colour\n", "t.csv"))
    good = signed_in.post(address, a_file("parameter,type\nP4.01,int\n", "t.csv"), follow=True)
    table = signed_in.get(f"/items/{params.pk}/parameters.csv").content.decode()

    assert bad.status_code == 422
    assert "row 2" in bad.content.decode()
    assert "1 parameter added" in good.content.decode()
    assert "P4.01,int" in table


def test_values_of_a_release_are_dropped_and_shown(
    params: Item, v7: Release, signed_in: Client
) -> None:
    address = f"/releases/{v7.pk}/parameters/"

    told = signed_in.post(
        address, a_file("P10.07 = off\nP2.01 = 900\nP90.01 = hunter2\nX = 1\n"), follow=True
    )
    page = told.content.decode()

    assert "holds secrets (P90.01)" in page
    assert "above 600" in page
    assert "Of one nobody said what it is." in page
    assert "hunter2" not in page
    assert b"hunter2" not in signed_in.get(f"{address}file/").getvalue()
    assert signed_in.get(f"{address}file/", {"format": "json"}).content.startswith(b"{")


def test_a_release_tells_what_changed_since_the_one_before(
    params: Item, v7: Release, signed_in: Client
) -> None:
    v8 = a_release("v8", item=params)
    for release, text in ((v7, "P10.07 = off\nP2.01 = 5.0"), (v8, "P10.07 = on\nP2.01 = 5")):
        signed_in.post(f"/releases/{release.pk}/parameters/", a_file(text))

    page = signed_in.get(f"/releases/{v8.pk}/parameters/")

    assert [each.name for each in page.context["changes"]] == ["P10.07"]
    assert "What changed since v7" in page.content.decode()


def test_a_file_that_cannot_be_read_comes_back_with_its_places(
    v7: Release, signed_in: Client
) -> None:
    response = signed_in.post(f"/releases/{v7.pk}/parameters/", a_file("P1 = 1\nP1 = 2\n"))

    assert response.status_code == 422
    assert "line 2" in response.content.decode()


def test_the_item_leads_to_parameters_and_values(
    params: Item, v7: Release, signed_in: Client
) -> None:
    page = signed_in.get(f"/items/{params.pk}/").content.decode()
    release = signed_in.get(f"/releases/{v7.pk}/").content.decode()

    assert f'href="/items/{params.pk}/parameters/"' in page
    assert f'href="/releases/{v7.pk}/parameters/"' in page
    assert f'href="/releases/{v7.pk}/parameters/"' in release


def test_those_without_the_right_may_look_and_no_more(
    params: Item, v7: Release, as_viewer: Client, as_otto: Client
) -> None:
    listing, values = f"/items/{params.pk}/parameters/", f"/releases/{v7.pk}/parameters/"

    assert as_viewer.get(listing).status_code == 200
    assert as_viewer.get(values).status_code == 200
    for address in (f"{listing}define/", f"{listing}table/"):
        assert as_viewer.post(address, {}).status_code == 403
    refused = as_viewer.post(values, a_file("P1 = 1"))
    assert refused.status_code == 422
    assert queries.released_parameters(v7) is None
    assert as_otto.get(listing).status_code == 403


@pytest.mark.parametrize("count", [1, 60])
def test_the_list_costs_the_same_at_any_length(
    count: int,
    params: Item,
    signed_in: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    many = [Definition(f"P5.{number:02}") for number in range(count)]
    services.define_parameters(params, many, actor=SYSTEM, now=NINE)
    signed_in.get("/")

    with django_assert_num_queries(6):
        signed_in.get(f"/items/{params.pk}/parameters/")
