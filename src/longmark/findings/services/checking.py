"""Checks of large SBOMs: what a job needs of them is kept, and what it found."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Final

from django.db import transaction

from longmark.core.actors import Actor
from longmark.jobs import services as jobs
from longmark.ledger import services as ledger

if TYPE_CHECKING:
    from longmark.jobs.models import Job

CHECK_JOB: Final = "findings.check-document"


def ask_to_check(
    sbom: tuple[BinaryIO, str],
    beside: Sequence[tuple[BinaryIO, str]],
    *,
    actor: Actor,
    now: datetime,
) -> "Job":
    """Keep an SBOM and the files of facts beside it, each with its name, and ask for the check.

    Raises:
        Invalid: a file is larger than may be kept.
    """
    files = [
        (ledger.store_blob_file(file, media_type="application/octet-stream", now=now), name[:300])
        for file, name in (sbom, *beside)
    ]
    with transaction.atomic(durable=True):
        return jobs.enqueue(CHECK_JOB, {"files": files}, actor=actor, now=now)


def keep_answer(answer: bytes, *, now: datetime) -> str:
    """Keep what a check found, as JSON, and return its digest."""
    return ledger.store_blob(answer, media_type="application/json", now=now)
