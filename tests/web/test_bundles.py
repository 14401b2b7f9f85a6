"""Bundles in the browser: made, fetched, handed in, refused with a reason."""

import io
from datetime import timedelta

import pytest
from django.test import Client

from longmark.core.actors import SYSTEM
from longmark.core.errors import Invalid
from longmark.intel.models import Bundle
from longmark.intel.services import bundles as services
from longmark.intel.tasks import bundles as tasks
from longmark.jobs.models import Job
from tests.intel.feeds.conftest import Watch
from tests.world import NINE

pytestmark = pytest.mark.django_db
LIST = "/settings/feeds/bundles/"


def a_bundle() -> Bundle:
    bundle, _ = services.ask_for_export(since=None, actor=SYSTEM, now=NINE)
    tasks.export_bundle({"bundle": bundle.pk}, Watch(NINE))
    return Bundle.objects.get(pk=bundle.pk)


def handed_in(client: Client, content: bytes, key: str):
    file, certificate = io.BytesIO(content), io.BytesIO(key.encode())
    file.name, certificate.name = "feeds.zip", "key.asc"
    return client.post(LIST, {"file": file, "key": certificate})


def test_a_bundle_is_asked_for_and_watched(signed_in: Client):
    response = signed_in.post(f"{LIST}make/", {"since": "2026-11-01"})

    bundle = Bundle.objects.get()
    assert response["Location"] == f"/jobs/{bundle.job_id}/"
    assert f"{bundle.since:%Y-%m-%d %H:%M %Z}" == "2026-11-01 00:00 UTC"
    assert f'href="/jobs/{bundle.job_id}/">Watch' in signed_in.get(LIST).content.decode()


def test_a_day_to_come_is_refused_beside_its_field(signed_in: Client):
    response = signed_in.post(f"{LIST}make/", {"since": "2999-01-01"})

    assert response.status_code == 422
    assert "Must not lie in the future." in response.content.decode()
    assert not Job.objects.exists()


def test_the_file_and_its_key_are_fetched(signed_in: Client):
    bundle = a_bundle()

    response = signed_in.get(f"{LIST}{bundle.pk}/file/")
    assert b"".join(response.streaming_content) == services.file_of(bundle).read_bytes()
    assert response["Content-Disposition"] == f'attachment; filename="{bundle.filename}"'
    key = signed_in.get(f"{LIST}{bundle.pk}/key/")
    assert key.content.decode() == bundle.certificate


def test_only_the_newest_bundle_is_kept_and_the_page_says_so(signed_in: Client):
    older, newer = a_bundle(), a_bundle()

    page = signed_in.get(LIST).content.decode()
    assert f"{LIST}{newer.pk}/file/" in page
    assert f"{LIST}{older.pk}/file/" not in page
    gone = signed_in.get(f"{LIST}{older.pk}/file/")
    assert (gone.status_code, "Make a new one." in gone.content.decode()) == (404, True)


def test_a_bundle_is_handed_in_and_taken_by_a_job(signed_in: Client):
    made = a_bundle()

    response = handed_in(signed_in, services.file_of(made).read_bytes(), made.certificate)
    brought = Bundle.objects.get(direction="in")
    assert response["Location"] == f"/jobs/{brought.job_id}/"
    tasks.import_bundle({"bundle": brought.pk}, Watch(NINE + timedelta(hours=1)))
    page = signed_in.get(f"{LIST}{brought.pk}/").content.decode()
    assert "Came from elsewhere." in page
    assert made.signer in page


def test_a_bundle_of_another_key_is_refused_with_the_reason_on_its_page(signed_in: Client):
    made = a_bundle()
    handed_in(signed_in, services.file_of(made).read_bytes(), "no key at all")
    brought = Bundle.objects.get(direction="in")

    with pytest.raises(Invalid):
        tasks.import_bundle({"bundle": brought.pk}, Watch(NINE))
    for path in (LIST, f"{LIST}{brought.pk}/"):
        assert "not signed by the key that was named" in signed_in.get(path).content.decode()


def test_a_key_is_asked_for(signed_in: Client):
    file = io.BytesIO(b"PK")
    file.name = "feeds.zip"

    response = signed_in.post(LIST, {"file": file})
    assert response.status_code == 422
    assert not Bundle.objects.exists()


def test_a_file_that_is_no_key_is_refused_beside_its_field(signed_in: Client):
    response = handed_in(signed_in, b"PK", "\0")

    assert response.status_code == 422
    assert "holds no armoured public key" in response.content.decode()


def test_a_viewer_sees_the_list_and_carries_nothing(as_viewer: Client):
    bundle = a_bundle()

    page = as_viewer.get(LIST).content.decode()
    assert bundle.filename in page
    assert "Take in a bundle" not in page
    assert as_viewer.get(f"{LIST}{bundle.pk}/file/").status_code == 403
    assert as_viewer.post(f"{LIST}make/").status_code == 403
    assert handed_in(as_viewer, b"PK", "key").status_code in {403, 422}
    assert Bundle.objects.count() == 1
