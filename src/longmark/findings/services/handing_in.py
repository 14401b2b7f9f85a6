"""Files of facts that are too large to be read while their sender waits, and files of which only
their content will tell whether they are facts or an SBOM: kept at once, read by a job.
"""

from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Final

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.formats.facts.records import MAX_BYTES
from longmark.findings.models import FactDocument
from longmark.findings.services.facts import ANY_BYTES, FILENAME_LENGTH
from longmark.foundation.uploads import refuse_larger
from longmark.jobs import services as jobs
from longmark.ledger import services as ledger

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.jobs.models import Job

FACTS_JOB: Final = "findings.read-facts"
DROPPED_JOB: Final = "findings.read-dropped"


def ask_for_facts(
    release: "Release", file: BinaryIO, *, filename: str = "", actor: Actor, now: datetime
) -> "Job":
    """Keep a file of facts and ask for it to be read and added to those that a release has.

    Raises:
        Invalid: it is larger than is read.
        NotAllowed: the actor may not hand over facts.
    """
    accounts.require(actor, Action.ADD_SBOM, release)
    arguments = _kept(release, file, filename, now)
    return _asked(FACTS_JOB, arguments, actor=actor, now=now)


def ask_to_replace_facts(
    document: FactDocument, file: BinaryIO, *, filename: str = "", actor: Actor, now: datetime
) -> "Job":
    """Keep a file of facts and ask for it to be read and put in the place of one.

    Raises:
        Invalid: it is larger than is read.
        NotAllowed: the actor may not hand over facts.
    """
    accounts.require(actor, Action.ADD_SBOM, document)
    arguments = _kept(document.release, file, filename, now) | {"replaces": document.pk}
    return _asked(FACTS_JOB, arguments, actor=actor, now=now)


def ask_for_dropped(
    release: "Release", file: BinaryIO, *, filename: str = "", actor: Actor, now: datetime
) -> "Job":
    """Keep a file that is an SBOM or facts, and ask for it to be read as what it is.

    Raises:
        Invalid: it is larger than is read.
        NotAllowed: the actor may hand over neither.
    """
    accounts.require(actor, Action.ADD_SBOM, release)
    arguments = _kept(release, file, filename, now)
    return _asked(DROPPED_JOB, arguments, actor=actor, now=now)


def _kept(release: "Release", file: BinaryIO, filename: str, now: datetime) -> dict[str, object]:
    refuse_larger(file, limit_bytes=MAX_BYTES)
    digest = ledger.store_blob_file(file, media_type=ANY_BYTES, now=now)
    name = filename.replace("\0", "")[-FILENAME_LENGTH:]
    return {"release_id": release.pk, "digest": digest, "filename": name}


@transaction.atomic(durable=True)
def _asked(kind: str, arguments: dict[str, object], *, actor: Actor, now: datetime) -> "Job":
    return jobs.enqueue(kind, arguments, actor=actor, now=now)
