"""Identification links and labels of units. The first that asks for one has the key made."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from longmark.core.actors import SYSTEM
from longmark.core.formats.labels.contents import Label
from longmark.core.life.links import identification_link, token
from longmark.fleet import entries
from longmark.fleet.models import Unit
from longmark.fleet.models.lives import LINK_KEY_BYTES, LinkKey
from longmark.fleet.queries.links import link_secrets
from longmark.ledger import services as ledger

FIRST = 1


@dataclass(frozen=True)
class Links:
    """Makes the links of units, with one key and under one address. No queries."""

    base: str
    key: int
    secret: bytes

    def of(self, unit_id: UUID) -> str:
        """Return the link of a unit."""
        return identification_link(self.base, self.token_of(unit_id))

    def token_of(self, unit_id: UUID) -> str:
        """Return the part of the link that tells the unit."""
        return token(unit_id, key=self.key, secret=self.secret)

    def label(self, unit: Unit) -> Label:
        """Return what stands on the label of a unit, which is loaded with its item."""
        return Label(
            self.of(unit.pk), unit.serial, unit.item.name, unit.item.title, settings.COMPANY
        )


def links(*, now: datetime) -> Links:
    """Return what makes links: with the newest key, or with the first, which is made then.

    Raises:
        Invalid: the address in the settings cannot be the begin of links.
    """
    known = link_secrets() or make_first_key(now=now)
    newest = max(known)
    return Links(settings.LINK_URL, newest, known[newest])


@transaction.atomic(durable=True)
def make_first_key(*, now: datetime) -> dict[int, bytes]:
    """Make the first key unless there is one; return the keys that there are."""
    secret = secrets.token_bytes(LINK_KEY_BYTES)
    key, is_new = LinkKey.objects.get_or_create(
        number=FIRST, defaults={"secret": secret, "made_at": now}
    )
    if is_new:
        fingerprint = hashlib.sha256(bytes(key.secret)).hexdigest()[:16]
        made = entries.LinkKeyMade(key.number, fingerprint)
        ledger.append(made, subject=key, actor=SYSTEM, now=now)
    return link_secrets()
