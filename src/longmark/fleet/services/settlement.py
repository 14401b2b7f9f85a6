"""Settlement: write what was booked in a workspace, with everything that follows from it.

Events, the differences between the lives before and after, the units' own rows, the configurations
of the roots concerned and the census change together, in the caller's transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any
from uuid import UUID

from longmark.catalog.queries import combinations
from longmark.core.composition.judging import Present, Rules
from longmark.core.life.configurations import Inside, Member, configuration_id, members
from longmark.core.life.derivation import Interval
from longmark.core.life.events import (
    NO_DETAILS,
    Event,
    Evidence,
    Kind,
    Occupant,
    parameters_digest,
    payload,
    sorted_values,
)
from longmark.core.life.identity import folded_serial
from longmark.fleet.models import (
    Configuration,
    ConfigurationMember,
    Installation,
    ParameterSet,
    Unit,
)
from longmark.fleet.models import Event as EventRow
from longmark.fleet.services import drifting, lanes, markings, returns
from longmark.fleet.services.counting import CensusBook
from longmark.fleet.services.mismatches import judge
from longmark.fleet.services.pasts import PastBook
from longmark.fleet.services.workspace import Dossier, Standing, Workspace, standing_of
from longmark.foundation import bulk

NESTING_LIMIT = 6

_STANDING = (
    "state", "built_at", "host_id", "configuration_id", "operator_id", "site_id",
    "distributor_id", "country",
)  # fmt: skip
_UNIT = ("id", "item_id", "serial", "serial_folded", "discriminator", "recorded_at", *_STANDING)
_EVENT = (
    "unit_id", "seq", "kind", "occurred_at", "precision", "recorded_at", "source", "evidence",
    "payload", "corrects", "actor_name",
)  # fmt: skip
_MEMBER = (
    "configuration_id", "number", "path", "item_id", "release_id", "evidence", "parameters_id",
)  # fmt: skip

_BY_UNIT = attrgetter("id.int")
_BY_NUMBER = attrgetter("int")  # UUIDs compare in Python, their numbers in C
_standing_values = attrgetter(*Standing.__struct_fields__)


@dataclass(frozen=True)
class Settled:
    """What was written."""

    unit_count: int
    event_count: int


class Settlement:
    """Writes workspaces one after the other and remembers the configurations that exist."""

    def __init__(self, *, actor_name: str, now: datetime) -> None:
        self._actor_name = actor_name
        self._now = now
        self._known_configurations: set[UUID] = set()
        self._known_parameters: set[str] = {""}
        self._looks: dict[tuple[Any, ...], UUID] = {}
        self._census = CensusBook()
        self._pasts = PastBook()

    def settle(self, workspace: Workspace) -> Settled:
        """Write all that was added. Raises IntegrityError if someone booked meanwhile."""
        touched = [d for d in workspace.dossiers.values() if d.added or d.is_new]
        if not touched:
            return Settled(0, 0)
        touched.sort(key=_BY_UNIT)  # neighbours in the indexes are written together
        standings = self._standings(workspace, _with_neighbours(workspace, touched))
        self._keep_parameters(touched)
        self._write_units(workspace, standings)
        self._write_events(touched)
        self._write_intervals(touched)
        markings.write(touched)
        returns.write(touched)
        self._census.move(workspace.dossiers, standings)
        self._pasts.move(workspace, touched)
        drifting.recount([dossier.id for dossier in touched if _may_drift(dossier)])
        created = sum(dossier.is_new for dossier in touched)
        return Settled(created, sum(len(dossier.added) for dossier in touched))

    def compose_anew(self, workspace: Workspace) -> int:
        """Write configurations as the catalog has them now; return how many units changed."""
        roots = [
            pk
            for pk in workspace.dossiers
            if not workspace.hosts_now(pk) and not workspace.is_batch(pk)
        ]
        standings = self._standings(workspace, sorted(roots, key=_BY_NUMBER))
        changed = {
            pk: standing
            for pk, standing in standings.items()
            if standing != workspace.dossiers[pk].standing
        }
        self._write_units(workspace, changed)
        self._census.move(workspace.dossiers, changed)
        return len(changed)

    # What stands in the units' rows

    def _standings(
        self, workspace: Workspace, concerned: Collection[UUID]
    ) -> Mapping[UUID, Standing]:
        """Return the new standing of units whose own row or inside may have changed."""
        hosts = {pk: next(iter(workspace.hosts_now(pk)), None) for pk in concerned}
        roots = [pk for pk in concerned if hosts[pk] is None and not workspace.is_batch(pk)]
        content = self._configurations(workspace, roots)
        return {
            pk: standing_of(
                workspace.dossiers[pk].life, host=hosts[pk], configuration=content.get(pk)
            )
            for pk in concerned
        }

    def _configurations(self, workspace: Workspace, roots: Iterable[UUID]) -> dict[UUID, UUID]:
        insides = {pk: dossier.inside() for pk, dossier in workspace.dossiers.items()}
        _load_insides_below(insides)
        plans = workspace.catalogue.plans
        found: dict[UUID, UUID] = {}
        fresh: dict[UUID, tuple[int, tuple[Member, ...]]] = {}
        for pk in roots:
            look = _look(insides[pk], insides, 0)
            key = self._looks.get(look)
            if key is None:
                content = members(insides[pk], insides, plans)
                key = self._looks[look] = configuration_id(insides[pk].item, content)
                if key not in self._known_configurations:
                    fresh[key] = (insides[pk].item, content)
            found[pk] = key
        self._keep_configurations(fresh, insides)
        return found

    def _keep_configurations(
        self, fresh: Mapping[UUID, tuple[int, tuple[Member, ...]]], insides: Mapping[UUID, Inside]
    ) -> None:
        known = set(Configuration.objects.filter(pk__in=sorted(fresh)).values_list("pk", flat=True))
        missing = {key: fresh[key] for key in sorted(fresh) if key not in known}
        Configuration.objects.bulk_create(
            [Configuration(pk=key, item_id=item) for key, (item, _) in missing.items()],
            ignore_conflicts=True,
        )
        if missing:
            self._keep_values(
                occupant.values
                for inside in insides.values()
                for kept in inside.slots.values()
                if (occupant := kept.content)
            )
        ConfigurationMember.objects.bulk_create(
            [
                ConfigurationMember(
                    configuration_id=key,
                    number=number,
                    path=member.path,
                    item_id=member.item,
                    release_id=member.release,
                    evidence=member.evidence,
                    parameters_id=member.parameters or None,
                )
                for key, (_, content) in missing.items()
                for number, member in enumerate(content, start=1)
            ],
            ignore_conflicts=True,
        )
        if missing:
            judge(
                {
                    key: [Present(each.path, each.item, each.release) for each in content]
                    for key, (_, content) in missing.items()
                },
                self._rules,
            )
        self._known_configurations.update(fresh)

    @cached_property
    def _rules(self) -> Rules:
        return combinations.rules()

    # What is written

    def _keep_parameters(self, touched: Iterable[Dossier]) -> None:
        self._keep_values(
            installed.content.values
            for dossier in touched
            for installed in dossier.life.installations
            if installed.content
        )

    def _keep_values(self, stated: Iterable[tuple[tuple[str, str], ...]]) -> None:
        fresh = {
            digest: dict(values)
            for values in set(stated)
            if (digest := parameters_digest(values)) not in self._known_parameters
        }
        ParameterSet.objects.bulk_create(
            [ParameterSet(digest=digest, values=fresh[digest]) for digest in sorted(fresh)],
            ignore_conflicts=True,
        )
        self._known_parameters.update(fresh)

    def _write_units(self, workspace: Workspace, standings: Mapping[UUID, Standing]) -> None:
        created, changed = [], []
        for pk in sorted(standings, key=_BY_NUMBER):
            dossier, standing = workspace.dossiers[pk], standings[pk]
            if dossier.is_new:
                own = (pk, dossier.item, dossier.serial, folded_serial(dossier.serial))
                created.append(
                    (*own, dossier.discriminator, self._now, *_standing_values(standing))
                )
            elif standing != dossier.standing:
                changed.append((*_standing_values(standing), pk))
        bulk.insert_rows(Unit, _UNIT, created)
        bulk.update_rows(Unit, _STANDING, changed)

    def _write_events(self, touched: Iterable[Dossier]) -> None:
        payload = _Payloads()
        bulk.insert_rows(
            EventRow,
            _EVENT,
            [
                (
                    dossier.id, event.seq, str(event.kind), event.occurred_at,
                    str(event.precision), self._now, event.source, int(event.evidence),
                    payload(event), event.corrects, self._actor_name,
                )
                for dossier in touched
                for event in dossier.added
            ],
        )  # fmt: skip

    def _write_intervals(self, touched: Iterable[Dossier]) -> None:
        told = list(touched)
        installed = {d.id: (d.before.installations, d.life.installations) for d in told}
        kept = {d.id: (d.before.custody, d.life.custody) for d in told}
        known = [dossier.id for dossier in told if not dossier.is_new]
        lanes.write(lanes.INSTALLATIONS, installed, known=known, now=self._now)
        lanes.write(lanes.CUSTODY, kept, known=known, now=self._now)


class _Payloads:
    """Makes payloads; rows of a list that say the same share what they say, and its payload."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, int], dict[str, Any]] = {}

    def __call__(self, event: Event) -> dict[str, Any]:
        """Return what an event states; the events outlive this, so that ids stay theirs."""
        if event.details is not NO_DETAILS or event.stands_for:
            return payload(event)
        key = id(event.slots), id(event.custody)
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = payload(event)
        return made


def _may_drift(dossier: Dossier) -> bool:
    """Tell whether parameters that were ever found may be booked otherwise than before."""
    if dossier.is_new or not any(event.slots or event.corrects for event in dossier.added):
        return False
    return any(
        Kind.PARAMETERS_OBSERVED in (event.kind, event.stands_for) for event in dossier.events
    )


def _with_neighbours(workspace: Workspace, touched: Iterable[Dossier]) -> list[UUID]:
    """Return the units touched, what sat or sits in them, and all above them, before and after."""
    concerned: set[UUID] = set()
    rising: set[UUID] = set()
    for dossier in touched:
        if workspace.is_alone(dossier):
            concerned.add(dossier.id)
            continue
        rising.add(dossier.id)
        if dossier.before.installations != dossier.life.installations:
            for life in (dossier.before, dossier.life):
                rising.update(
                    installed.content.child
                    for installed in life.installations
                    if installed.content and installed.content.child in workspace.dossiers
                )
    while rising:
        concerned |= rising
        above = {workspace.dossiers[pk].current_host for pk in rising}
        above.update(host for pk in rising for host in workspace.hosts_now(pk))
        rising = {pk for pk in above if pk is not None and pk not in concerned}
    return sorted(concerned, key=_BY_NUMBER)


def _look(inside: Inside, insides: Mapping[UUID, Inside], depth: int) -> tuple[Any, ...]:
    """Return what makes units look alike: all that a configuration is composed from."""
    parts: list[Any] = []
    for slot, kept in inside.slots.items():
        occupant = kept.content
        if occupant is None:
            parts.append((slot, None))
            continue
        child = insides.get(occupant.child) if occupant.child and depth < NESTING_LIMIT else None
        below = _look(child, insides, depth + 1) if child else bool(occupant.child)
        what = (occupant.item, occupant.release, occupant.values)
        parts.append((slot, what, int(kept.evidence), below))
    return inside.item, *parts


def _load_insides_below(insides: dict[UUID, Inside]) -> None:
    """Add the insides of child units that were not opened for booking. Two queries a level."""
    for _ in range(NESTING_LIMIT):
        missing = sorted(
            kept.content.child
            for inside in insides.values()
            for kept in inside.slots.values()
            if kept.content and kept.content.child and kept.content.child not in insides
        )
        if not missing:
            return
        insides.update(insides_of(missing))


def insides_of(ids: Iterable[UUID]) -> dict[UUID, Inside]:
    """Return what is inside units now, as stored. Two queries."""
    items = dict(Unit.objects.filter(pk__in=list(ids)).values_list("pk", "item_id"))
    slots: dict[UUID, dict[str, Interval[str, Occupant]]] = defaultdict(dict)
    rows = Installation.objects.filter(unit_id__in=list(items), known_to=None, valid_to=None)
    for row in rows.select_related("parameters").order_by("unit_id", "number"):
        slots[row.unit_id][row.slot] = _interval(row)
    return {pk: Inside(item, slots[pk]) for pk, item in items.items()}


def _interval(row: Installation) -> Interval[str, Occupant]:
    values = sorted_values(row.parameters.values) if row.parameters else ()
    occupant = (
        None
        if row.is_empty
        else Occupant(row.item_id, row.release_id, row.child_id, row.part, values, row.quantity)
    )
    return Interval(row.slot, occupant, row.valid_from, row.valid_to, Evidence(row.evidence))
