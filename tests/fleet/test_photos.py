"""Photos of units: kept once, without their place, and shown to those who may see the unit."""

import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from longmark.core.actors import Actor, Role
from longmark.core.errors import Invalid, NotAllowed
from longmark.fleet.models import Photo, Unit
from longmark.fleet.services import photos
from longmark.fleet.services.photos import Caption, add_photo
from longmark.fleet.services.workspace import Identity
from longmark.ledger import queries as ledger
from longmark.ledger.models import Blob, Entry
from tests.core.formats.images.test_cleaning import SECRET, exif, jpeg
from tests.fleet.world import built, drives
from tests.world import NINE

pytestmark = pytest.mark.django_db
TODAY = NINE.date()


@pytest.fixture
def unit() -> Unit:
    return built(drives().unit("1001"))


def added(unit: Unit, actor: Actor, content: bytes | None = None, note: str = "") -> Photo:
    picture = io.BytesIO(jpeg(exif()) if content is None else content)
    return add_photo(unit, picture, Caption(TODAY, note), actor=actor, now=NINE)


def test_a_photo_is_kept_without_its_place_and_the_ledger_rests_on_it(
    unit: Unit, lena: Actor
) -> None:
    photo = added(unit, lena, note=" the plate ")

    assert SECRET not in ledger.blob_bytes(photo.digest)
    assert (photo.note, photo.media_type) == ("the plate", "image/jpeg")
    entry = Entry.objects.get(action="fleet.photo-added")
    assert photo.digest in ledger.payload_of(entry)["digest"]
    assert f'"blobs":["{photo.digest}"]' in entry.body


def test_settings_may_keep_photos_as_they_came(
    unit: Unit, lena: Actor, settings: LazySettings
) -> None:
    settings.KEEP_PHOTO_METADATA = True

    assert ledger.blob_bytes(added(unit, lena).digest) == jpeg(exif())


def test_the_same_photo_again_changes_nothing(unit: Unit, lena: Actor) -> None:
    first, again = added(unit, lena), added(unit, lena, note="later")

    assert (first.digest, again.note) == (again.digest, "")
    assert Entry.objects.filter(action="fleet.photo-added").count() == 1


@pytest.mark.parametrize("content", [b"", b"<svg/>", jpeg()[:40]])
def test_what_is_no_photo_leaves_nothing_behind(unit: Unit, lena: Actor, content: bytes) -> None:
    with pytest.raises(Invalid):
        added(unit, lena, content)

    assert not Blob.objects.exists()


def test_a_photo_that_is_too_large_is_refused(
    unit: Unit, lena: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "LIMIT_BYTES", len(jpeg(exif())) - 1)

    with pytest.raises(Invalid, match="larger than"):
        added(unit, lena)


def test_a_photo_of_a_day_to_come_is_refused(unit: Unit, lena: Actor) -> None:
    with pytest.raises(Invalid, match="future"):
        add_photo(unit, io.BytesIO(jpeg()), Caption(TODAY + timedelta(1)), actor=lena, now=NINE)


def test_who_may_not_book_adds_no_photo(unit: Unit, otto: Actor) -> None:
    with pytest.raises(NotAllowed):
        added(unit, otto)


def sent(client: Client, unit: Unit, key: str = "") -> int:
    file = SimpleUploadedFile("photo", jpeg(exif()), "text/html")
    headers = {"Idempotency-Key": key} if key else {}
    path = f"/api/v1/units/{unit.pk}/photos?note=plate&taken_on=2026-11-01"
    return client.post(path, {"file": file}, headers=headers).status_code


def test_photos_are_sent_listed_and_fetched(unit: Unit, caller: Callable[..., Client]) -> None:
    technician, viewer = caller(Role.SERVICE), caller(Role.VIEWER)
    assert [sent(technician, unit, "k" * 32) for _ in "12"] == [201, 201]
    (row,) = viewer.get(f"/api/v1/units/{unit.pk}/photos").json()["items"]
    picture = viewer.get(f"/api/v1/units/{unit.pk}/photos/{row['digest']}")

    assert (row["note"], row["taken_on"]) == ("plate", "2026-11-01")
    assert picture["Content-Type"] == "image/jpeg"
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert SECRET not in b"".join(picture)


def test_a_photo_is_found_only_with_its_own_unit(
    unit: Unit, lena: Actor, caller: Callable[..., Client]
) -> None:
    photo = added(unit, lena)
    other = built(Identity(unit.item_id, unit.item.name, "1002"))

    assert (
        caller(Role.VIEWER).get(f"/api/v1/units/{other.pk}/photos/{photo.digest}").status_code
        == 404
    )


def test_strangers_see_no_photo(unit: Unit, lena: Actor, client: Client) -> None:
    photo = added(unit, lena)

    assert client.get(f"/api/v1/units/{unit.pk}/photos/{photo.digest}").status_code == 401
    assert photo.taken_on == date(2026, 11, 24)
