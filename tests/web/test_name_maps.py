"""Maps of names in the browser: taken in by a job, listed, withdrawn."""

import io

import pytest
from django.test import Client

from longmark.jobs.models import Job
from tests.names.test_maps import TABLE
from tests.names.world import a_map

pytestmark = pytest.mark.django_db
LIST = "/names/maps/"


def handed_in(client: Client, **fields: str):
    file = io.BytesIO(TABLE)
    file.name = "house.csv"
    return client.post(LIST, {"file": file, "name": "house"} | fields)


def test_a_map_is_handed_in_and_watched(signed_in: Client) -> None:
    response = handed_in(signed_in, edition="2", is_for_ecosystems="on")

    job = Job.objects.get()
    assert response["Location"] == f"/jobs/{job.pk}/"
    asked = {key: job.arguments[key] for key in ("name", "edition", "is_for_ecosystems")}
    assert asked == {"name": "house", "edition": "2", "is_for_ecosystems": True}


def test_a_map_without_name_comes_back_with_its_text(signed_in: Client) -> None:
    assert handed_in(signed_in, name="").status_code == 422
    assert not Job.objects.exists()


def test_maps_are_listed_with_what_was_refused(signed_in: Client) -> None:
    found = a_map()

    page = signed_in.get(LIST).content.decode()
    assert f'href="/names/maps/{found.pk}/#refused"' in page
    assert LIST in signed_in.get("/names/").content.decode()


def test_a_map_is_withdrawn_with_a_reason(signed_in: Client) -> None:
    found = a_map()

    assert signed_in.post(f"{LIST}{found.pk}/withdraw/", {}).status_code == 422
    response = signed_in.post(f"{LIST}{found.pk}/withdraw/", {"reason": "Too coarse."})
    assert response["Location"] == f"{LIST}{found.pk}/"
    assert "Too coarse." in signed_in.get(response["Location"]).content.decode()


def test_a_viewer_sees_maps_and_takes_in_none(as_viewer: Client) -> None:
    found = a_map()

    assert "Take in a map" not in as_viewer.get(LIST).content.decode()
    assert handed_in(as_viewer).status_code in {403, 422}
    assert as_viewer.get(f"{LIST}{found.pk}/withdraw/").status_code == 403
    assert not Job.objects.exists()
