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
from longmark.intel.services.summaries import Group, Speaker

MAX_ROUNDS = 50  # genuine graphs need three; each round follows every link one step

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
    speakers, spoken_of = _speakers(written, identifiers)
    rejected = {one.record_id for one in speakers.values() if one.state == State.REJECTED}
    grouping = aliases.grouped(identifiers, edges, rejected=rejected)
    targets = _targets(speakers, spoken_of, grouping.names)
    groups = _groups(grouping.names, targets)
    moved = _move_subjects(groups, targets)
    _move_aliases(grouping.names, groups)
    for advisory_id, names in targets.items():
        for name in names:
            groups[name].speakers.append(speakers[advisory_id])
    summarised = summaries.summarise(groups.values(), grouping.members())
    stated = {groups[name].pk for one in restated for name in targets.get(one, ())}
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


def _speakers(
    written: Sequence[tuple[int, AdvisoryRecord]], identifiers: set[str]
) -> tuple[dict[int, Speaker], dict[int, set[str]]]:
    """Return the advisories that are in the graph or speak of it, and of what those speak."""
    speakers = {pk: Speaker.of_record(pk, record) for pk, record in written}
    stored = Advisory.objects.exclude(pk__among=speakers)
    speakers |= Speaker.of_rows(stored.filter(record_id__among=identifiers))
    spoken_of: dict[int, set[str]] = defaultdict(set)
    links = Link.objects.filter(is_alias=False)
    for found in (
        links.filter(identifier__among=identifiers),
        links.filter(advisory__among=speakers),
    ):
        for advisory_id, identifier in found.values_list("advisory_id", "identifier"):
            spoken_of[advisory_id].add(identifier)
    notices = spoken_of.keys() - speakers.keys()
    if notices:
        speakers |= Speaker.of_rows(Advisory.objects.filter(pk__among=notices))
    return speakers, spoken_of


def _targets(
    speakers: Mapping[int, Speaker],
    spoken_of: Mapping[int, Collection[str]],
    names: Mapping[str, str],
) -> dict[int, set[str]]:
    targets = {}
    for pk, speaker in speakers.items():
        identifiers = spoken_of.get(pk) or (speaker.record_id,)
        targets[pk] = {names[one] for one in identifiers if one in names}
    return targets


def _groups(names: Mapping[str, str], targets: Targets) -> dict[str, Group]:
    """Return the groups of all ids that name, or named, one; new ones are not written yet."""
    live = {name for of_one in targets.values() for name in of_one}
    groups = Group.of_rows(Vulnerability.objects.filter(name__among=names))
    missing = sorted(live - groups.keys())
    for pk, name in zip(reserve_ids(Vulnerability, len(missing)), missing, strict=True):
        groups[name] = Group(pk, name, None)
    redirected = []
    for name, group in groups.items():
        into = groups.get(names[name]) if name not in live and names[name] != name else None
        if group.merged_into_id != (into.pk if into else None):
            group.merged_into_id = into.pk if into else None
            redirected.append((group.merged_into_id, group.pk))
    update_rows(Vulnerability, ("merged_into_id",), redirected)
    return groups


def _move_subjects(groups: Mapping[str, Group], targets: Targets) -> set[int]:
    """Make subjects say what the groups say; return the vulnerabilities that gained or lost one."""
    wanted = {(pk, groups[name].pk) for pk, names in targets.items() for name in names}
    scope = {group.pk for group in groups.values()}
    found = Subject.objects.filter(advisory__among=targets.keys())
    stored = {
        (advisory_id, vulnerability_id): pk
        for pk, advisory_id, vulnerability_id in found.values_list(
            "id", "advisory_id", "vulnerability_id"
        )
        if vulnerability_id in scope
    }
    lost = [pk for pair, pk in stored.items() if pair not in wanted]
    if lost:
        Subject.objects.filter(pk__among=lost).delete()
    insert_rows(Subject, ("advisory_id", "vulnerability_id"), sorted(wanted - stored.keys()))
    return {vulnerability_id for _, vulnerability_id in stored.keys() ^ wanted}


def _move_aliases(names: Mapping[str, str], groups: Mapping[str, Group]) -> None:
    """Make every id lead to the vulnerability of its group."""
    wanted = {
        identifier: groups[name].pk
        for identifier, name in names.items()
        if name in groups and groups[name].merged_into_id is None
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
