"""What is done when something happened: each reads what it needs afresh and calls services.

All are idempotent: done twice, they find nothing left to change. What takes long becomes a job.
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from longmark.catalog import queries as catalog
from longmark.connections.services import notes
from longmark.core.actors import SYSTEM
from longmark.core.life.returns import Hold
from longmark.findings.services import facts, following, refreshing
from longmark.fleet.queries import units as fleet
from longmark.fleet.services import composition, drifting, mismatches
from longmark.impact.queries import holds
from longmark.intel.queries import intakes
from longmark.jobs import services as jobs
from longmark.ledger.queries import SealedEntry
from longmark.sboms import queries as sboms
from longmark.sboms.services import quality

MATCH_INTAKE_JOB = "findings.match-intake"
MATCH_DOCUMENT_JOB = "findings.match-document"
FOLLOW_NAMES_JOB = "findings.follow-names"
AT_ONCE_LIMIT_BYTES = 1 << 20
AT_ONCE_LIMIT_COMPONENTS = 5_000
AT_ONCE_LIMIT_VULNERABILITIES = 5_000
"""More are matched by a job, so that the follower goes on meanwhile."""


def match_document(entry: SealedEntry, now: datetime) -> None:
    """Take the facts in a new SBOM, match its components, refresh the findings of its release.

    A large one is followed by a job: a web process follows too, and has no room for it.
    """
    if entry.payload.get("is_by_job"):
        return
    document = sboms.document(int(entry.subject_id))
    if document.size_bytes > AT_ONCE_LIMIT_BYTES:
        jobs.enqueue(MATCH_DOCUMENT_JOB, {"document_id": document.pk}, actor=SYSTEM, now=now)
        return
    facts.take_facts_of(document, actor=SYSTEM, now=now)
    release = catalog.release(document.release_id)
    following.follow_release(release, actor=SYSTEM, now=now)


def judge_document(entry: SealedEntry, now: datetime) -> None:
    """Judge the quality of a new SBOM; a large one is judged when someone asks."""
    if entry.payload.get("is_by_job"):
        return
    document = sboms.document(int(entry.subject_id))
    if document.size_bytes <= AT_ONCE_LIMIT_BYTES:
        quality.judge(document, now=now)


def refresh_release(entry: SealedEntry, now: datetime) -> None:
    """Refresh the findings of a release whose SBOMs or facts changed."""
    refreshing.refresh_findings([int(entry.payload["release_id"])], actor=SYSTEM, now=now)


def match_intake(entry: SealedEntry, now: datetime) -> None:
    """Match what a file of advisories changed, and refresh the findings of releases concerned."""
    intake = intakes.intake(int(entry.subject_id))
    if intake.vulnerability_count > AT_ONCE_LIMIT_VULNERABILITIES:
        jobs.enqueue(MATCH_INTAKE_JOB, {"intake_id": intake.pk}, actor=SYSTEM, now=now)
        return
    for ids in intakes.vulnerabilities_changed_by(intake, only_applicability=True):
        following.follow_vulnerabilities(ids, actor=SYSTEM, now=now)


def follow_rule(entry: SealedEntry, now: datetime) -> None:
    """Derive and match what a name rule is about, and refresh the findings concerned."""
    stated, limit = [str(entry.payload["stated"])], AT_ONCE_LIMIT_COMPONENTS + 1
    if len(sboms.component_ids_called(stated, limit=limit)) == limit:
        jobs.enqueue(FOLLOW_NAMES_JOB, {"stated": stated}, actor=SYSTEM, now=now)
        return
    for _outcome in following.follow_names(stated, actor=SYSTEM, now=now):
        pass


def follow_map(entry: SealedEntry, now: datetime) -> None:
    """Derive and match what a name map speaks of, and the edition before it; always by a job."""
    arguments = {"map_id": int(entry.subject_id), "earlier_id": entry.payload.get("supersedes_id")}
    jobs.enqueue(FOLLOW_NAMES_JOB, arguments, actor=SYSTEM, now=now)


def compose_units_of_item(entry: SealedEntry, now: datetime) -> None:
    """Follow a slot that an item has now: units in which nothing of it is known are unknown."""
    _compose({int(entry.payload["item_id"])}, now)


def compose_units_of_releases(entry: SealedEntry, now: datetime) -> None:
    """Follow releases that fit somewhere now: what may sit there decides what is unknown."""
    releases = catalog.releases_by_id(entry.payload["release_ids"]).values()
    _compose({place.item.pk for each in releases for place in catalog.places_of(each)}, now)


def recount_drift_of_set(entry: SealedEntry, now: datetime) -> None:
    """Follow what parameters are now: another type, or default, lets other values drift."""
    drifting.recount_set(int(entry.payload["item_id"]), actor=SYSTEM, now=now)


def recount_drift_of_release(entry: SealedEntry, now: datetime) -> None:
    """Follow the values of a released set: what was found is compared with them."""
    release = catalog.release(int(entry.subject_id))
    drifting.recount_set(release.item_id, actor=SYSTEM, now=now)


def _compose(item_ids: set[int], now: datetime) -> None:
    if fleet.roots_composed_of(item_ids, behind=None, limit=1):
        kind, arguments = composition.COMPOSE_ANEW, {"item_ids": sorted(item_ids)}
        jobs.enqueue_once(kind, arguments, actor=SYSTEM, now=now)


def judge_units_of_item(entry: SealedEntry, now: datetime) -> None:
    """Follow what an item's catalog allows now: what is in its units is judged anew, by a job."""
    item_ids = [int(entry.payload["item_id"])]
    if fleet.roots_composed_of(item_ids, behind=None, limit=1):
        jobs.enqueue_once(mismatches.JUDGE_ANEW, {"item_ids": item_ids}, actor=SYSTEM, now=now)


def tell_of_opened_rma(entry: SealedEntry, now: datetime) -> None:
    """Have systems that know a unit told of its RMA, and of what speaks against sending it back."""
    unit = fleet.unit(UUID(entry.subject_id))
    number, opened = str(entry.payload["number"]), str(entry.payload["opened_on"])
    said = [
        _("RMA {number} opened on {day}.").format(number=number, day=opened),
        str(entry.payload["reason"]),
        *(_held(danger.as_hold()) for danger in holds.gate_of(unit).holding),
    ]
    notes.tell_of(unit, _text(said), about=f"rma opened {number}", actor=SYSTEM, now=now)


def tell_of_closed_rma(entry: SealedEntry, now: datetime) -> None:
    """Have systems that know a unit told how its RMA ended, also against what reasons."""
    unit, payload = fleet.unit(UUID(entry.subject_id)), entry.payload
    number, closed = str(payload["number"]), str(payload["closed_on"])
    said = [
        _("RMA {number} closed on {day}: {outcome}.").format(
            number=number, day=closed, outcome=payload["outcome"]
        ),
        str(payload["reason"]),
        *(_held(Hold(**each)) for each in payload["holds"]),
        str(payload["override"]),
    ]
    notes.tell_of(unit, _text(said), about=f"rma closed {number}", actor=SYSTEM, now=now)


def _held(hold: Hold) -> str:
    what = f"{hold.item} {hold.release}".strip()
    return _("{what} is open to {vulnerability}, which is exploited; {fix} is not.").format(
        what=what, vulnerability=hold.vulnerability, fix=hold.fixed_by
    )


def _text(sentences: list[str]) -> str:
    return " ".join(each.strip() for each in sentences if each.strip())
