"""What is worst now: vulnerabilities by exploitation, then by whom and what they reach.

This is the one order that is called *worst first*, on the desk, in lists and at a customer. Many
vulnerabilities concern the same set of releases, so each distinct set is counted once, from the
census, in a few queries for all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from longmark.core.errors import Invalid
from longmark.findings.queries.listing import EVERYTHING, Concern, Narrowing, concerns
from longmark.findings.queries.overview import Standing, standings
from longmark.fleet.queries.reach import Asked
from longmark.fleet.queries.tallies import Tally, tallies
from longmark.foundation.pages import LIMIT_ROWS, Page, decoded, encoded
from longmark.impact.queries.silence import silent_releases

if TYPE_CHECKING:
    from longmark.catalog.models import Release

UNSCORED = 5.0

Rank = tuple[bool, bool, float, float, int, str]
RANK_LENGTH: Final = 6


@dataclass(frozen=True)
class Worst:
    """A vulnerability with what it reaches."""

    concern: Concern
    tally: Tally


def worst_first(
    narrowing: Narrowing = EVERYTHING,
    *,
    operator_id: int | None = None,
    after: str | None = None,
    limit: int = 200,
) -> Page[Worst]:
    """Return vulnerabilities with open findings, worst first, at one operator if named.

    Seven queries, none over units. All that is asked for is ranked for each page, since what a
    vulnerability reaches changes with every booking and is stored nowhere.

    Raises:
        Invalid: ``after`` is not a cursor of this list.
    """
    limit = max(1, min(limit, LIMIT_ROWS))
    found = list(standings(narrowing))
    counted = _weighed(found, operator_id)
    ranked = {one.vulnerability_id: _rank(one, counted[one.vulnerability_id]) for one in found}
    bound = _bound(after)
    behind = [pk for pk, rank in ranked.items() if bound is None or rank < bound]
    behind.sort(key=ranked.__getitem__, reverse=True)
    shown = concerns(behind[:limit], release_ids=narrowing.release_ids)
    rows = [Worst(one, counted[one.vulnerability.pk]) for one in shown]
    is_more = len(behind) > limit
    return Page(rows, encoded(ranked[behind[limit - 1]]) if is_more else None)


def weigh(concerned: Sequence[Concern], *, operator_id: int | None = None) -> dict[int, Tally]:
    """Return how far each of a list of vulnerabilities reaches, by its id. Five queries.

    At one operator, if named.
    """
    silent = silent_releases({item for one in concerned for item in one.item_ids})
    asked = {one.vulnerability.pk: _asked(one, silent) for one in concerned}
    return tallies(asked, operator_id=operator_id)


def _weighed(found: Sequence[Standing], operator_id: int | None) -> dict[int, Tally]:
    silent = silent_releases({item for one in found for item in one.item_ids})
    asked = {one.vulnerability_id: _asked(one, silent) for one in found}
    return tallies(asked, operator_id=operator_id)


def _asked(one: Concern | Standing, silent: Mapping[int, Sequence["Release"]]) -> Asked:
    unheard = {release.pk for item in one.item_ids for release in silent.get(item, ())}
    doubtful = {*one.doubtful, *unheard} - {*one.affected}
    # In one order, so that vulnerabilities of the same releases are counted together.
    affected, items = tuple(sorted(one.affected)), tuple(sorted(one.item_ids))
    return Asked(affected, items, tuple(sorted(doubtful)))


def _rank(one: Standing, tally: Tally) -> Rank:
    """Return what sorts it: exploited, affected, units × severity, severity, customers.

    A weakness that nobody scored weighs like one of middling severity: not knowing how bad
    it is must not put it last.
    """
    score = UNSCORED if one.score is None else one.score
    reached = tally.unit_count + tally.unknown_unit_count
    return one.is_exploited, bool(one.affected), score * reached, score, tally.party_count, one.name


def _bound(after: str | None) -> Rank | None:
    if not after:
        return None
    is_exploited, is_affected, weight, score, parties, name = decoded(after, RANK_LENGTH)
    numbers = (is_exploited, is_affected, weight, score, parties)
    if not all(isinstance(one, int | float) for one in numbers) or not isinstance(name, str):
        raise Invalid("This is not a cursor of this list; begin without one.", field="after")
    return is_exploited, is_affected, weight, score, parties, name
