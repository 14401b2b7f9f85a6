"""Reads of photos of units."""

from typing import BinaryIO

from longmark.core.errors import NotFound
from longmark.fleet.models import Unit
from longmark.fleet.models.photos import Photo
from longmark.foundation.pages import Page, keyset_page
from longmark.ledger import queries as ledger


def photos_page(unit: Unit, *, after: str | None = None, limit: int = 50) -> Page[Photo]:
    """Return the photos of a unit, those kept last first. One query."""
    rows = Photo.objects.filter(unit_id=unit.pk)
    return keyset_page(rows, order=["-recorded_at", "-digest"], after=after, limit=limit)


def photo(unit: Unit, digest: str) -> Photo:
    """Return one photo of a unit. One query.

    Raises:
        NotFound: the unit has no such photo.
    """
    found = Photo.objects.filter(unit_id=unit.pk, digest=digest).first()
    if found is None:
        raise NotFound("{unit} has no such photo.", unit=unit)
    return found


def open_picture(photo: Photo) -> BinaryIO:
    """Open the picture; the caller closes it.

    Raises:
        NotFound: the blob is gone.
    """
    return ledger.open_blob(photo.digest)
