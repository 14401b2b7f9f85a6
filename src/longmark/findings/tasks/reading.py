"""Reading what was handed in for a release and was too large to be read at once.

What is taken is matched within the same job: when that is over, the findings are there.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from longmark.catalog import queries as catalog
from longmark.core.formats.facts import is_facts_alone
from longmark.core.formats.sboms.document import SbomInvalid
from longmark.core.formats.sboms.reading import content_of
from longmark.findings.queries import facts as queries
from longmark.findings.services import facts, following, refreshing
from longmark.findings.tasks.matching import words
from longmark.jobs.services import Outcome, Progress
from longmark.ledger import queries as blobs
from longmark.sboms import queries as sboms
from longmark.sboms.services import documents, quality
from longmark.sboms.services.documents import Kept

if TYPE_CHECKING:
    from longmark.findings.models import FactDocument
    from longmark.sboms.models import Document

STEPS: Final = 3


def read_document(arguments: Mapping[str, Any], progress: Progress) -> Outcome:
    """Read an SBOM of ``release_id`` that is in the blob store under ``digest``."""
    progress.advance(0, STEPS, _("The document is read."))
    document = _taken(arguments, progress)
    return _followed(document, progress)


def _taken(arguments: Mapping[str, Any], progress: Progress) -> "Document":
    kept = Kept(
        str(arguments["digest"]),
        str(arguments["filename"]),
        str(arguments.get("label", "")),
        is_by_job=True,
    )
    if arguments.get("replaces"):
        replaced = sboms.document(int(arguments["replaces"]))
        return documents.replace_by_kept(replaced, kept, actor=progress.actor, now=progress.now)
    release = catalog.release(int(arguments["release_id"]))
    if arguments.get("is_renewal"):
        return documents.renew_by_kept(release, kept, actor=progress.actor, now=progress.now)
    return documents.add_kept_document(release, kept, actor=progress.actor, now=progress.now)


def _followed(document: "Document", progress: Progress) -> Outcome:
    """Do what follows from a document that was read: facts, findings, quality."""
    progress.advance(1, STEPS, _("Its components are matched."))
    facts.take_facts_of(document, actor=progress.actor, now=progress.now)
    release = catalog.release(document.release_id)
    outcome = following.follow_release(release, actor=progress.actor, now=progress.now)
    progress.advance(2, STEPS, _("Its quality is judged."))
    if quality.is_judged(document):
        quality.judge(document, now=progress.now)
    progress.advance(STEPS, STEPS)
    said = _("{file}: {count} components, {defects} notes.").format(
        file=document.filename or document,
        count=f"{document.component_count:,}",
        defects=len(document.defects),
    )
    result = {"release_id": document.release_id, "document_id": document.pk}
    return Outcome(f"{said} {words(outcome)}", result)


def match_document(arguments: Mapping[str, Any], progress: Progress) -> Outcome:
    """Do what follows from the SBOM ``document_id``, which is too large to be followed at once."""
    return _followed(sboms.document(int(arguments["document_id"])), progress)


def read_facts(arguments: Mapping[str, Any], progress: Progress) -> Outcome:
    """Read a file of facts of ``release_id`` that is in the blob store under ``digest``."""
    progress.advance(0, STEPS, _("The facts are read."))
    taken = _facts_taken(arguments, progress)
    progress.advance(1, STEPS, _("Findings follow."))
    refreshing.refresh_findings([taken.release_id], actor=progress.actor, now=progress.now)
    progress.advance(STEPS, STEPS)
    said = _("{file}: {count} facts ({kind}), {defects} notes.").format(
        file=taken.filename or taken.digest[:12],
        count=f"{taken.fact_count:,}",
        kind=taken.kind,
        defects=len(taken.defects),
    )
    return Outcome(said, {"release_id": taken.release_id, "facts_id": taken.pk})


def _facts_taken(arguments: Mapping[str, Any], progress: Progress) -> "FactDocument":
    digest, filename = str(arguments["digest"]), str(arguments["filename"])
    if arguments.get("replaces"):
        return facts.replace_by_kept_facts(
            queries.fact_document(int(arguments["replaces"])),
            digest,
            filename=filename,
            actor=progress.actor,
            now=progress.now,
        )
    return facts.add_kept_facts(
        catalog.release(int(arguments["release_id"])),
        digest,
        filename=filename,
        actor=progress.actor,
        now=progress.now,
    )


def read_dropped(arguments: Mapping[str, Any], progress: Progress) -> Outcome:
    """Read a file of ``release_id`` as what it is: an SBOM, or facts."""
    progress.advance(0, STEPS, _("The file is looked at."))
    if _is_facts(str(arguments["digest"])):
        return read_facts(arguments, progress)
    return read_document(arguments, progress)


def _is_facts(digest: str) -> bool:
    """Tell whether it is facts; what is neither is refused as an SBOM, which says best why."""
    try:
        with blobs.open_blob(digest) as file:
            return is_facts_alone(content_of(file)[0])
    except SbomInvalid:
        return False
