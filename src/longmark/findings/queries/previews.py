"""What a name rule would do, before it is made or withdrawn: nothing is written.

The components that SBOMs call so are derived with and without the rule and decided as the matcher
would; what that means for findings is told by release and vulnerability.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from longmark.core.identity.rules import NameRule, NameRuleKind, Rulebook
from longmark.core.matching import TO_DO, Decision, Subject, decide
from longmark.findings.queries import standing
from longmark.findings.queries.candidates import candidates_of_subjects
from longmark.findings.queries.sets import matches_of_components
from longmark.findings.queries.settling import Place
from longmark.names import queries as names
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.sboms.models import Component, Occurrence

LIMIT_COMPONENTS: Final = 2_000
SHOWN: Final = 20

Pair = tuple[int, int]
"""Release and vulnerability."""


@dataclass(frozen=True)
class Renamed:
    """A component, and the names that it would gain and lose."""

    component: "Component"
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What a rule would do; ``is_whole`` is false if only some of the components were looked at."""

    component_count: int
    renamed: tuple[Renamed, ...]
    release_ids: frozenset[int]
    opened: tuple[Pair, ...]
    closed: tuple[Pair, ...]
    is_whole: bool = True


def preview_of_rule(rule: NameRule) -> Preview:
    """Return what would follow if a rule were added. Some fifteen queries."""
    return _preview(rule, lambda book: _with(book, rule))


def preview_of_withdrawal(rule: NameRule) -> Preview:
    """Return what would follow if a rule that holds were withdrawn. Some fifteen queries."""
    return _preview(rule, lambda book: _without(book, rule))


def _with(book: Rulebook, rule: NameRule) -> Rulebook:
    beyond: Rulebook = {}
    if rule.kind is NameRuleKind.CORRECTED:
        beyond = names.rulebook(rule.corrected_names)
    return {**beyond, **book, rule.stated: [*book.get(rule.stated, ()), rule]}


def _without(book: Rulebook, rule: NameRule) -> Rulebook:
    left = list(book.get(rule.stated, ()))
    if rule in left:
        left.remove(rule)  # once: a map may say the same
    return {**book, rule.stated: left}


def _preview(rule: NameRule, changed: Callable[[Rulebook], Rulebook]) -> Preview:
    ids = sboms.component_ids_called([rule.stated], limit=LIMIT_COMPONENTS + 1)
    is_whole = len(ids) <= LIMIT_COMPONENTS
    components = sboms.components_by_id(sorted(ids)[:LIMIT_COMPONENTS])
    book = names.rulebook(
        name for one in components.values() for name in sboms.stated_names_of(one)
    )
    before = {pk: _subject(one, book) for pk, one in components.items()}
    later = changed(book)
    after = {pk: _subject(one, later) for pk, one in components.items()}
    moved = {pk for pk in components if before[pk].coordinates != after[pk].coordinates}
    renamed = tuple(_renamed(components[pk], before[pk], after[pk]) for pk in moved)
    occurrences = sboms.current_occurrences_of(moved)
    opened, closed = _findings_moved({pk: after[pk] for pk in moved}, occurrences)
    return Preview(
        component_count=len(ids),
        renamed=tuple(sorted(renamed, key=lambda one: str(one.component))),
        release_ids=frozenset(one.document.release_id for one in occurrences),
        opened=opened,
        closed=closed,
        is_whole=is_whole,
    )


def _subject(component: "Component", book: Rulebook) -> Subject:
    return Subject.of(
        purl=component.purl or None,
        cpes=component.cpes,
        group=component.group,
        name=component.name,
        version=component.version or None,
        rulebook=book,
    )


def _renamed(component: "Component", before: Subject, after: Subject) -> Renamed:
    old, new = before.by_package.keys(), after.by_package.keys()
    return Renamed(component, tuple(sorted(new - old)), tuple(sorted(old - new)))


def _findings_moved(
    subjects: Mapping[UUID, Subject], occurrences: Sequence["Occurrence"]
) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """Return the pairs whose finding would open, and those whose finding would close."""
    decided, touched = _decided(subjects)
    release_ids = {one.document.release_id for one in occurrences}
    places = [
        place
        for place in standing.places_of(release_ids, sorted(touched))
        if place.component_id not in subjects
    ]
    places += [
        Place(
            one.document.release_id,
            vulnerability_id,
            one.component_id,
            decision.verdict,
            decision.confidence,
            one.patches,
            one.document_id,
            one.ref,
        )
        for one in occurrences
        for vulnerability_id, decision in decided.get(one.component_id, ())
    ]
    standings = standing.standings_from(places, release_ids)
    later = {pair for pair, stands in standings.items() if stands.verdict in TO_DO}
    rows = standing.findings_among(release_ids, sorted(touched)).filter(closed_at=None)
    is_open = set(rows.values_list("release_id", "vulnerability_id"))
    return tuple(sorted(later - is_open)), tuple(sorted(is_open - later))


def _decided(
    subjects: Mapping[UUID, Subject],
) -> tuple[dict[UUID, list[tuple[int, Decision]]], set[int]]:
    """Return what would match components, and all vulnerabilities that do or did."""
    numbered = dict(enumerate(subjects))
    candidates = candidates_of_subjects({n: subjects[pk] for n, pk in numbered.items()})
    found: dict[UUID, list[tuple[int, Decision]]] = defaultdict(list)
    for who, vulnerability_ids in candidates.pairs.items():
        assert isinstance(who, int), "components are told apart by their place"
        for vulnerability_id in vulnerability_ids:
            claims = candidates.claims.get(vulnerability_id, ())
            decision = decide(subjects[numbered[who]], claims)
            if decision:
                found[numbered[who]].append((vulnerability_id, decision))
    touched = {pk for pairs in found.values() for pk, _decision in pairs}
    touched |= {pk for _component_id, pk in matches_of_components(list(subjects))}
    return found, touched
