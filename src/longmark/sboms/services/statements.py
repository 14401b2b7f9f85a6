"""Keeping what others state about the vulnerabilities of a release (VEX)."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.formats.sboms import read_sbom
from longmark.ledger import services as ledger
from longmark.sboms import entries

if TYPE_CHECKING:
    from longmark.catalog.models import Release

FILENAME_LENGTH = 250


def keep_statements(
    release: "Release", content: bytes, *, filename: str = "", actor: Actor, now: datetime
) -> str:
    """Keep a CycloneDX VEX document of a release byte for byte, and return its digest.

    It is validated, and not applied: nothing is decided by it yet.

    Raises:
        SbomInvalid: it is no CycloneDX document, or breaks its schema.
    """
    accounts.require(actor, Action.MATCH, release)
    read_sbom(content, filename=filename)
    digest = ledger.store_blob(content, media_type="application/octet-stream", now=now)
    _record(release, digest, filename.replace("\0", "")[-FILENAME_LENGTH:], actor=actor, now=now)
    return digest


@transaction.atomic(durable=True)
def _record(release: "Release", digest: str, filename: str, *, actor: Actor, now: datetime) -> None:
    kept = entries.StatementsKept(release.pk, digest, filename)
    ledger.append(kept, subject=release, actor=actor, now=now, blobs=[digest])
