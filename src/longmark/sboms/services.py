"""Changes to the SBOMs of releases: add, replace, withdraw.

The bytes are kept first, before anything looks into them, so that nothing handed over is
lost, whatever becomes of it. Then the document is parsed, outside of any transaction, and
what it says is recorded in one transaction, or not at all.
"""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.canonical import canonical_json
from longmark.core.errors import Invalid, Refused
from longmark.core.formats.sboms import ComponentEntry, SbomDocument, SbomInvalid, read_sbom
from longmark.core.identity import canonical_purl, coordinates
from longmark.core.versions import is_unstated
from longmark.ledger import services as ledger
from longmark.sboms import entries, queries
from longmark.sboms.models import STEP, Component, Coordinate, Document, Occurrence

if TYPE_CHECKING:
    from longmark.catalog.models import Release

COMPONENT_NAMESPACE = uuid.UUID("5b1f1a0e-6a41-5d0c-9d0e-2f6f0f6b7c11")
"""Never change it: the id of every component derives from it."""

ROWS_CHUNK = 2_000
LABEL_LENGTH = 100
FILENAME_LENGTH = 250


def add_document(
    release: "Release",
    content: bytes,
    *,
    filename: str = "",
    label: str = "",
    actor: Actor,
    now: datetime,
) -> Document:
    """Add an SBOM to those that a release has.

    The same bytes for the same release answer with the document that is there; if that was
    superseded or withdrawn, it speaks for the release again.

    Raises:
        SbomInvalid: the bytes cannot be taken; they are kept, and the refusal is recorded.
    """
    accounts.require(actor, Action.ADD_SBOM)
    sbom = _kept_and_read(release, content, filename, actor, now)
    return _record(release, content, sbom, filename, label, actor, now)


def _kept_and_read(
    release: "Release", content: bytes, filename: str, actor: Actor, now: datetime
) -> SbomDocument: ...
