"""Photos of units: taken in front of one, kept as evidence."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid
from longmark.core.formats.images.cleaning import Photograph, cleaned, media_type_of
from longmark.fleet import entries
from longmark.fleet.models import Unit
from longmark.fleet.models.photos import Photo
from longmark.ledger import services as ledger

LIMIT_BYTES = 15 << 20
NOTE_LIMIT_CHARACTERS = 200


@dataclass(frozen=True)
class Caption:
    """What is said of a photo."""

    taken_on: date
    note: str = ""


def add_photo(
    unit: Unit, file: BinaryIO, caption: Caption, *, actor: Actor, now: datetime
) -> Photo:
    """Keep a photo of a unit. The same photo again changes nothing.

    What the phone wrote beside the picture, its place first of all, is taken out before anything
    is kept, unless the settings want photos as they came.

    Raises:
        Invalid: no picture of a kind that is taken, too large, damaged, or of a day to come.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    if caption.taken_on > now.date():
        raise Invalid("Must not lie in the future.", field="taken_on")
    if len(caption.note.strip()) > NOTE_LIMIT_CHARACTERS:
        limit = NOTE_LIMIT_CHARACTERS
        raise Invalid("Must have {limit} characters at most.", field="note", limit=limit)
    picture = _picture(file)
    digest = ledger.store_blob(picture.content, media_type=picture.media_type, now=now)
    return _add(unit, digest, picture, caption, actor=actor, now=now)


@transaction.atomic(durable=True)
def _add(
    unit: Unit, digest: str, picture: Photograph, caption: Caption, *, actor: Actor, now: datetime
) -> Photo:
    photo, is_new = Photo.objects.get_or_create(
        unit_id=unit.pk,
        digest=digest,
        defaults={
            "media_type": picture.media_type,
            "size_bytes": len(picture.content),
            "taken_on": caption.taken_on,
            "note": caption.note.strip(),
            "recorded_at": now,
            "actor_name": actor.name,
        },
    )
    if is_new:
        taken_on = caption.taken_on.isoformat()
        added = entries.PhotoAdded(digest, picture.media_type, taken_on, photo.note)
        ledger.append(added, subject=unit, actor=actor, now=now, blobs=[digest])
    return photo


def _picture(file: BinaryIO) -> Photograph:
    content = file.read(LIMIT_BYTES + 1)
    if len(content) > LIMIT_BYTES:
        limit = LIMIT_BYTES >> 20
        raise Invalid("The photo is larger than {limit} MB.", field="file", limit=limit)
    if settings.KEEP_PHOTO_METADATA:
        return Photograph(content, media_type_of(content))
    return cleaned(content)
