"""Matching as long work: of a release, of a file of advisories, of everything."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from longmark.catalog import queries as catalog
from longmark.findings.services import following
from longmark.findings.services.following import Outcome
from longmark.intel.queries import intakes
from longmark.jobs.services import Progress
from longmark.names import queries as names
from longmark.sboms import queries as sboms
from longmark.sboms.services import deriving


def match_release(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Match the SBOMs of the release ``release_id``."""
    release = catalog.release(int(arguments["release_id"]))
    return words(following.follow_release(release, actor=progress.actor, now=progress.now))


def match_intake(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Match what the advisory file ``intake_id`` changed."""
    intake = intakes.intake(int(arguments["intake_id"]))
    outcomes = []
    done = 0
    for ids in intakes.vulnerabilities_changed_by(intake, only_applicability=True):
        outcomes.append(
            following.follow_vulnerabilities(ids, actor=progress.actor, now=progress.now)
        )
        done += len(ids)
        progress.advance(done, intake.vulnerability_count)
    return words(*outcomes)


def match_everything(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Match all components anew, as after a change of rules."""
    outcomes = []
    for outcome in following.follow_everything(actor=progress.actor, now=progress.now):
        outcomes.append(outcome)
        progress.advance(len(outcomes))
    return words(*outcomes)


def follow_names(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Derive and match what SBOMs call ``stated``, or what the map ``map_id`` and the one before
    it, ``earlier_id``, speak of."""
    outcomes: list[Outcome] = []
    done = 0
    for stated in _stated_chunks(arguments):
        for count, outcome in following.follow_names(
            stated, actor=progress.actor, now=progress.now
        ):
            outcomes.append(outcome)
            done += count
            progress.advance(done)
    return words(*outcomes)


def _stated_chunks(arguments: Mapping[str, Any]) -> Iterator[list[str]]:
    if "stated" in arguments:
        yield list(arguments["stated"])
    for pk in filter(None, (arguments.get("map_id"), arguments.get("earlier_id"))):
        yield from names.stated_names_of_map(names.name_map(int(pk)))


def derive_anew(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Derive and match every component, from where the derivation ``derivation_id`` stands."""
    row = sboms.derivation(int(arguments["derivation_id"]))
    outcomes: list[Outcome] = []
    while not row.ended_at:
        further = deriving.derive_further(row, actor=progress.actor)
        if further.component_ids:
            outcomes.append(
                following.follow_components(
                    further.component_ids, actor=progress.actor, now=progress.now
                )
            )
        deriving.note_derived(row, further, actor=progress.actor, now=progress.now)
        progress.advance(row.looked_at_count)
    return words(*outcomes)


def words(*outcomes: Outcome) -> str:
    """Return what matching came to."""
    return _(
        "{matched} matches; findings: {opened} opened, {changed} changed, {closed} closed."
    ).format(
        matched=sum(one.match_count for one in outcomes),
        opened=sum(one.opened_count for one in outcomes),
        changed=sum(one.changed_count for one in outcomes),
        closed=sum(one.closed_count for one in outcomes),
    )
