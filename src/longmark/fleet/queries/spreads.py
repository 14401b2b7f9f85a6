"""Spreads: how far releases reach now, to whom, and where; no statement reads units.

Counts come from the totals of the census, which are few however many units and customers there
are. Whose the units are is read from the census, added up by the database, and only the first of
the parties are fetched. How most of the fleet looks is not read, though: of each keeper's units it
is what the rest leaves.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from longmark.core.life.events import IN_USE, OUT_OF_USE, Evidence
from longmark.fleet.queries.census import joined
from longmark.fleet.queries.past_statements import Text, rows_of
from longmark.fleet.queries.reach import Asked, CountryReached, PartyReached, Reach, Share
from longmark.parties import queries as parties

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PARTIES_LIMIT = 50


@dataclass(frozen=True)
class Whose:
    """Whose units are reached: the first parties, most units first, and how many there are."""

    parties: tuple[PartyReached, ...]
    customer_count: int  # operators
    distributor_count: int  # who sold units of operators that are not known
    party_count: int  # operators of units that are affected
    row_count: int  # what is listed in all; nobody known is one row
    unit_count: int


@dataclass(frozen=True)
class Spread:
    """How far something reaches, to whom and where, most units first.

    ``apart`` are units out of use that are or may be affected, by state.
    """

    reach: Reach
    whose: Whose
    countries: tuple[CountryReached, ...]
    apart: "Mapping[str, int]"


def spread(asked: Asked) -> Spread:
    """Return how far releases reach, to whom and where, in one go. Five queries."""
    affected: Counter[str] = Counter()
    doubtful: Counter[str] = Counter()
    apart: Counter[str] = Counter()
    nobody = 0
    for country, state, is_known, held, may in rows_of(_totals(asked)):
        if state in OUT_OF_USE:
            apart[state] += held + may
            continue
        affected[country] += held
        doubtful[country] += may
        nobody += 0 if is_known else held
    whose = whose_units(asked)
    reached = Reach(
        affected.total(),
        doubtful.total(),
        whose.party_count,
        sum(1 for country, units in affected.items() if country and units),
        nobody,
        tuple(Share(pk, Evidence(level), units) for pk, level, units in rows_of(_shares(asked))),
    )
    found = [CountryReached(land, affected[land], doubtful[land]) for land in affected]
    found.sort(key=lambda each: (-each.unit_count, -each.unknown_unit_count, each.country))
    return Spread(reached, whose, tuple(found), dict(sorted(apart.items())))


def whose_units(asked: Asked, *, behind: int = 0, limit: int = PARTIES_LIMIT) -> Whose:
    """Return whose units are reached, from a place in the list on. Three queries.

    Units of operators that are not known are listed by who sold them, if anyone knows.
    """
    most = _most(asked)
    text = _counted(asked) if most is None else _counted_by_the_rest(asked, most)
    return ranked(text, behind=behind, limit=limit)


def ranked(text: Text, *, behind: int, limit: int) -> Whose:
    """Return whose units a statement has ``counted``, from a place in the list on. Two queries."""
    text.add("SELECT operator_id, sold_by, affected, doubtful, COUNT(operator_id) OVER (),")
    text.add("COUNT(sold_by) OVER (), COUNT(CASE WHEN affected > 0 THEN operator_id END) OVER (),")
    text.add("COUNT(*) OVER (), SUM(affected) OVER () FROM counted")
    text.add("ORDER BY affected DESC, doubtful DESC, operator_id, sold_by")
    rows = rows_of(text.add("LIMIT %s OFFSET %s", limit, behind))
    names = parties.parties_by_id({pk for row in rows for pk in row[:2] if pk})
    listed = [
        PartyReached(names.get(operator or 0), names.get(sold or 0), int(held), int(may))
        for operator, sold, held, may, *_ in rows
    ]
    counts = map(int, rows[0][4:]) if rows else [0] * 5
    return Whose(tuple(sorted(listed, key=attrgetter("order"))), *counts)


def _most(asked: Asked) -> int | None:
    """Return how most units in use look: affected (1), in doubt (0), or neither. One query."""
    text = _held(asked).add(
        "SELECT is_affected, SUM(count) FROM fleet_censustotal t LEFT JOIN held"
    )
    text.add("ON held.configuration_id = t.configuration_id WHERE count > 0 AND")
    rows = rows_of(text.one_of("state", _words(IN_USE)).add("GROUP BY is_affected"))
    found: dict[int | None, int] = {look: int(units) for look, units in rows}
    return max(found, key=found.__getitem__, default=None)


_KEEPER = "operator_id, CASE WHEN operator_id IS NULL THEN distributor_id END"


def _counted(asked: Asked) -> Text:
    """Begin a statement with how many units of each keeper are affected, or may be."""
    text = _held(asked).add(f", counted AS (SELECT {_KEEPER} AS sold_by,")
    text.add("SUM(count * is_affected) AS affected, SUM(count * (1 - is_affected)) AS doubtful")
    text.add("FROM").add(joined("held"))
    return text.add("AND").one_of("c.state", _words(IN_USE)).add("GROUP BY 1, 2)")


def _counted_by_the_rest(asked: Asked, most: int) -> Text:
    """Begin the same statement, where most units are affected (1) or in doubt (0).

    All units of a keeper are taken for what most are; then those that look otherwise are taken
    away from there, and counted as what they are.
    """
    others = "CASE WHEN is_affected = %s THEN count ELSE 0 END"
    whole, rest = ("count, 0", f"-count, {others}") if most else ("0, count", f"{others}, -count")
    text = _held(asked).add(", rest AS (SELECT id AS configuration_id, is_affected")
    text.add("FROM fleet_configuration f LEFT JOIN held ON held.configuration_id = f.id")
    text.add("WHERE is_affected IS NULL OR is_affected <> %s)", most)
    text.add(", told (operator_id, sold_by, affected, doubtful) AS (")
    text.add("SELECT operator_id, distributor_id,").add(whole).add("FROM fleet_censuskeeper WHERE")
    text.add("count > 0 AND").one_of("state", _words(IN_USE))
    text.add("UNION ALL SELECT NULL, NULL,").add(whole).add("FROM fleet_censustotal WHERE")
    text.add("count > 0 AND NOT is_operator_known AND NOT is_distributor_known AND")
    text.one_of("state", _words(IN_USE))
    text.add("UNION ALL SELECT").add(_KEEPER).add(",").add(rest, 1 - most)
    text.add("FROM").add(joined("rest")).add("AND").one_of("c.state", _words(IN_USE))
    text.add("), counted AS (SELECT operator_id, sold_by, SUM(affected) AS affected,")
    text.add("SUM(doubtful) AS doubtful FROM told GROUP BY operator_id, sold_by")
    return text.add("HAVING SUM(affected) > 0 OR SUM(doubtful) > 0)")


def whose_of(listed: "Sequence[PartyReached]") -> Whose:
    """Return parties that are all at hand as whose units are reached."""
    return Whose(
        tuple(listed),
        customer_count=sum(1 for each in listed if each.party),
        distributor_count=sum(1 for each in listed if not each.party and each.distributor),
        party_count=sum(1 for each in listed if each.party and each.unit_count),
        row_count=len(listed),
        unit_count=sum(each.unit_count for each in listed),
    )


def _held(asked: Asked) -> Text:
    """Begin a statement with the configurations concerned, and whether they are affected."""
    text = Text().add("WITH held AS (SELECT configuration_id, MAX(CASE WHEN")
    text.one_of("release_id", asked.release_ids)
    text.add("THEN 1 ELSE 0 END) AS is_affected FROM fleet_configurationmember WHERE")
    text.one_of("release_id", {*asked.release_ids, *asked.doubtful_release_ids})
    text.add("OR release_id IS NULL AND").one_of("item_id", asked.unknown_item_ids)
    return text.add("GROUP BY configuration_id)")


def _totals(asked: Asked) -> Text:
    text = _held(asked).add("SELECT country, state, is_operator_known, SUM(count * is_affected),")
    text.add("SUM(count * (1 - is_affected)) FROM fleet_censustotal t JOIN held")
    text.add("ON held.configuration_id = t.configuration_id WHERE count > 0 AND")
    text.one_of("state", _words(IN_USE | OUT_OF_USE))
    return text.add("GROUP BY country, state, is_operator_known")


def _shares(asked: Asked) -> Text:
    """Count units by release and evidence; one that holds a release twice counts at its best."""
    text = Text().add("SELECT release_id, evidence, SUM(count) FROM")
    text.add("(SELECT configuration_id, release_id, MAX(evidence) AS evidence")
    text.add("FROM fleet_configurationmember WHERE").one_of("release_id", asked.release_ids)
    text.add("GROUP BY configuration_id, release_id) best JOIN fleet_censustotal t")
    text.add("ON t.configuration_id = best.configuration_id WHERE count > 0 AND")
    text.one_of("state", _words(IN_USE))
    return text.add("GROUP BY release_id, evidence ORDER BY release_id, evidence")


def _words(states: "Iterable[Any]") -> list[str]:
    return sorted(state.value for state in states)
