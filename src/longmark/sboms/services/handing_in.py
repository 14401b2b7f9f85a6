"""SBOMs that are too large to be read while their sender waits: kept at once, read by a job.

The bytes go into the blob store piece by piece, so that a request costs no more memory than a
piece. The job reads, records and matches them; a worker that dies in the middle loses nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Final

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.formats.sboms.limits import FILE_BYTES
from longmark.foundation.uploads import refuse_larger
from longmark.jobs import services as jobs
from longmark.ledger import services as ledger
from longmark.sboms.models import Document
from longmark.sboms.services.documents import named

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.jobs.models import Job

READ_JOB: Final = "sboms.read-document"


def ask_to_add(
    release: "Release",
    file: BinaryIO,
    *,
    filename: str = "",
    label: str = "",
    actor: Actor,
    now: datetime,
) -> "Job":
    """Keep an SBOM and ask for it to be read and added to those that a release has.

    Raises:
        Invalid: it is larger than is read, or the label is too long.
        NotAllowed: the actor may not add SBOMs.
    """
    accounts.require(actor, Action.ADD_SBOM, release)
    return _asked(release, file, filename, label, way={}, actor=actor, now=now)


def ask_to_renew(
    release: "Release",
    file: BinaryIO,
    *,
    filename: str = "",
    label: str,
    actor: Actor,
    now: datetime,
) -> "Job":
    """The same, but it takes the place of the newest with its label, if there is one then.

    Raises:
        Invalid: it is larger than is read, or the label is too long.
        NotAllowed: the actor may not add SBOMs.
    """
    accounts.require(actor, Action.ADD_SBOM, release)
    way = {"is_renewal": True}
    return _asked(release, file, filename, label, way=way, actor=actor, now=now)


def ask_to_replace(
    document: Document, file: BinaryIO, *, filename: str = "", actor: Actor, now: datetime
) -> "Job":
    """Keep an SBOM and ask for it to be read and put in the place of one.

    Raises:
        Invalid: it is larger than is read.
        NotAllowed: the actor may not add SBOMs.
    """
    accounts.require(actor, Action.ADD_SBOM, document)
    way = {"replaces": document.pk}
    return _asked(document.release, file, filename, document.label, way=way, actor=actor, now=now)


def _asked(
    release: "Release",
    file: BinaryIO,
    filename: str,
    label: str,
    *,
    way: Mapping[str, object],
    actor: Actor,
    now: datetime,
) -> "Job":
    filename, label = named(filename, label)
    refuse_larger(file, limit_bytes=FILE_BYTES)
    digest = ledger.store_blob_file(file, media_type="application/octet-stream", now=now)
    arguments = {"release_id": release.pk, "digest": digest, "filename": filename, "label": label}
    with transaction.atomic(durable=True):
        return jobs.enqueue(READ_JOB, {**arguments, **way}, actor=actor, now=now)
