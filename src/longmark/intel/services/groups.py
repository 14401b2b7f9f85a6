"""Vulnerabilities as groups of advisories: kept true as records come, change and go.

Only the parts of the alias graph that a batch touches are computed again, from the links as stored,
so the result is that of computing everything anew. The row of a vulnerability stays for ever under
its name; one that lost its ids to another group points there.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from longmark.core.formats.advisories import aliases
from longmark.core.formats.advisories.records import AdvisoryRecord, State
from longmark.foundation.bulk import insert_rows, reserve_ids, update_rows
from longmark.intel.models import Advisory, Alias, Link, Subject, Vulnerability
from longmark.intel.services import summaries

MAX_ROUNDS = 50  # genuine graphs need three; each round follows every link one step

_SUMMED_UP = (
    "id", "source", "record_id", "state", "is_disputed", "title", "description", "severities",
    "weaknesses", "published_at", "modified_at", "exploited_on", "replaced_by",
)  # fmt: skip

Targets = Mapping[int, Collection[str]]
"""Advisory to the names of the vulnerabilities that it speaks of."""


@dataclass
class Regrouped:
    """What a regrouping changed: vulnerabilities, true where what they affect may differ."""

    changed: dict[int, bool] = field(default_factory=dict)
    kept_apart: list[tuple[str, str]] = field(default_factory=list)


def regroup(
    written: Sequence[tuple[int, AdvisoryRecord]],
    *,
    dropped: Mapping[int, Collection[str]],
    restated: Collection[int],
) -> Regrouped:
    """Bring the groups of the records just written up to date.

    `dropped` are the links that changed records had before, `restated` the advisories whose
    statements were rewritten.
    """
    touched = {identifier for identifiers in dropped.values() for identifier in identifiers}
    for _, record in written:
        touched.update((record.id, *record.aliases, *record.subjects))
    identifiers, edges = _graph(touched)
    advisories, spoken_of = _advisories(identifiers)
    rejected = {row.record_id for row in advisories.values() if row.state == State.REJECTED}
    grouping = aliases.grouped(identifiers, edges, rejected=rejected)
    targets = _targets(advisories, spoken_of, grouping.names)
    rows = _vulnerability_rows(grouping.names, targets)
    moved = _move_subjects(rows, targets)
    _move_aliases(grouping.names, rows)
    by_name: dict[str, list[Advisory]] = defaultdict(list)
    for advisory_id, names in targets.items():
        for name in names:
            by_name[name].append(advisories[advisory_id])
    summarised = summaries.summarise(rows, by_name, grouping.members())
    stated = {rows[name].pk for advisory_id in restated for name in targets.get(advisory_id, ())}
    changed = {pk: pk in moved or pk in stated for pk in summarised | moved | stated}
    return Regrouped(changed, list(grouping.kept_apart))


def _graph(touched: set[str]) -> tuple[set[str], set[aliases.Edge]]:
    """Follow aliases from the touched ids until nothing new is found."""
    identifiers, edges = set(touched), set()
    frontier = touched
    for _ in range(MAX_ROUNDS):
        rows = Link.objects.filter(is_alias=True)
        ends = ("advisory__record_id", "identifier")
        found = set(rows.filter(identifier__among=frontier).values_list(*ends))
        found |= set(rows.filter(advisory__record_id__among=frontier).values_list(*ends))
        edges |= found
        frontier = {end for edge in found for end in edge} - identifiers
        identifiers |= frontier
        if not frontier:
            break
    return identifiers, edges


def _advisories(identifiers: set[str]) -> tuple[dict[int, Advisory], dict[int, set[str]]]:
    """Return the advisories that are in the graph or speak of it, and of what those speak."""
    own = Advisory.objects.filter(record_id__among=identifiers).only(*_SUMMED_UP)
    advisories = {row.pk: row for row in own}
    spoken_of: dict[int, set[str]] = defaultdict(set)
    links = Link.objects.filter(is_alias=False)
    for found in (
        links.filter(identifier__among=identifiers),
        links.filter(advisory__among=advisories),
    ):
        for advisory_id, identifier in found.values_list("advisory_id", "identifier"):
            spoken_of[advisory_id].add(identifier)
    notices = spoken_of.keys() - advisories.keys()
    advisories |= {
        row.pk: row for row in Advisory.objects.filter(pk__among=notices).only(*_SUMMED_UP)
    }
    return advisories, spoken_of


def _targets(
    advisories: Mapping[int, Advisory],
    spoken_of: Mapping[int, Collection[str]],
    names: Mapping[str, str],
) -> dict[int, set[str]]:
    targets = {}
    for pk, advisory in advisories.items():
        identifiers = spoken_of.get(pk) or (advisory.record_id,)
        targets[pk] = {names[one] for one in identifiers if one in names}
    return targets


def _vulnerability_rows(names: Mapping[str, str], targets: Targets) -> dict[str, Vulnerability]:
    """Return the rows of all ids that name, or named, a group; new ones are not saved yet."""
    live = {name for of_one in targets.values() for name in of_one}
    rows = {row.name: row for row in Vulnerability.objects.filter(name__among=names)}
    missing = sorted(live - rows.keys())
    for pk, name in zip(reserve_ids(Vulnerability, len(missing)), missing, strict=True):
        rows[name] = Vulnerability(pk=pk, name=name)
    redirected = []
    for name, row in rows.items():
        into = rows.get(names[name]) if name not in live else None
        if row.merged_into_id != (into.pk if into else None):
            row.merged_into = into
            redirected.append((row.merged_into_id, row.pk))
    update_rows(Vulnerability, ("merged_into_id",), redirected)
    return rows


def _move_subjects(rows: Mapping[str, Vulnerability], targets: Targets) -> set[int]:
    """Make subjects say what the groups say; return the vulnerabilities that gained or lost one."""
    wanted = {(pk, rows[name].pk) for pk, names in targets.items() for name in names}
    scope = {row.pk for row in rows.values()}
    found = Subject.objects.filter(advisory__among=targets.keys(), vulnerability__among=scope)
    stored = {
        (advisory_id, vulnerability_id): pk
        for pk, advisory_id, vulnerability_id in found.values_list(
            "id", "advisory_id", "vulnerability_id"
        )
    }
    lost = [pk for pair, pk in stored.items() if pair not in wanted]
    if lost:
        Subject.objects.filter(pk__among=lost).delete()
    insert_rows(Subject, ("advisory_id", "vulnerability_id"), sorted(wanted - stored.keys()))
    return {vulnerability_id for _, vulnerability_id in stored.keys() ^ wanted}


def _move_aliases(names: Mapping[str, str], rows: Mapping[str, Vulnerability]) -> None:
    """Make every id lead to the vulnerability of its group."""
    wanted = {
        identifier: rows[name].pk
        for identifier, name in names.items()
        if name in rows and rows[name].merged_into_id is None
    }
    found = Alias.objects.filter(identifier__among=names.keys())
    stored = {
        identifier: (pk, vulnerability_id)
        for pk, identifier, vulnerability_id in found.values_list(
            "id", "identifier", "vulnerability_id"
        )
    }
    lost = [pk for identifier, (pk, _) in stored.items() if identifier not in wanted]
    if lost:
        Alias.objects.filter(pk__among=lost).delete()
    both = wanted.keys() & stored.keys()
    moved = [(wanted[one], stored[one][0]) for one in sorted(both) if wanted[one] != stored[one][1]]
    update_rows(Alias, ("vulnerability_id",), moved)
    gained = [(wanted[one], one) for one in sorted(wanted.keys() - stored.keys())]
    insert_rows(Alias, ("vulnerability_id", "identifier"), gained)
