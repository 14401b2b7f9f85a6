"""Counts of a past day from its census: what each day added or took away, added up.

Which looks are affected, in doubt or neither is told by the catalog as it is now, as
`past_statements` tells it of units one by one; both ways have one answer.
"""

from datetime import date
from typing import Any

from django.db import connection

from longmark.fleet.models import PastBuild
from longmark.fleet.queries.moments import Moment
from longmark.fleet.queries.past_statements import (
    AFFECTED,
    IN_DOUBT,
    SILENT,
    UNAFFECTED,
    Concerned,
    Narrowed,
    Text,
    rows_of,
)
from longmark.fleet.queries.spreads import Whose, ranked


def is_whole() -> bool:
    """Whether the census of the past has all units. One query."""
    return not PastBuild.objects.filter(is_done=False).exists()


def totals(concerned: Concerned, then: Moment) -> list[tuple[Any, ...]]:
    """Count units by country, state out of use, and class; and by affected release and evidence.

    Rows of release, evidence, country, state, class, count: of units as a whole without release.
    """
    text = _summed(concerned, then)
    text.add("SELECT 0, 0, country, state, class, SUM(units) FROM summed")
    text.add("GROUP BY country, state, class HAVING SUM(units) > 0")
    text.add(f"UNION ALL SELECT m.release_id, m.evidence, '', '', {AFFECTED}, SUM(units)")
    text.add("FROM summed s JOIN fleet_pastlookmember m ON m.look_id = s.look_id WHERE")
    text.add("s.state = '' AND").one_of("m.release_id", set(concerned.asked.release_ids))
    text.add("GROUP BY m.release_id, m.evidence HAVING SUM(units) > 0 ORDER BY 1, 2, 3, 4")
    return rows_of(text)


def whose(concerned: Concerned, then: Moment, *, behind: int, limit: int) -> Whose:
    """Return whose units they were, from a place in the list on. Two queries."""
    text = _classed(concerned).add(", counted AS (SELECT operator_id, distributor_id AS sold_by,")
    text.add(f"SUM(CASE WHEN class = {AFFECTED} THEN delta ELSE 0 END) AS affected,")
    text.add(f"SUM(CASE WHEN class = {AFFECTED} THEN 0 ELSE delta END) AS doubtful")
    text.add("FROM")
    _add_changes(text, then).add("AND state = ''")
    text.add("GROUP BY operator_id, distributor_id HAVING")
    text.add(f"SUM(CASE WHEN class = {AFFECTED} THEN delta ELSE 0 END) > 0")
    text.add(f"OR SUM(CASE WHEN class = {AFFECTED} THEN 0 ELSE delta END) > 0)")
    return ranked(text, behind=behind, limit=limit)


def looks(concerned: Concerned, then: Moment, which: Narrowed) -> list[int]:
    """Return how reached units looked, of those that count as far as looks tell. One query."""
    text = _summed(concerned, then).add("SELECT DISTINCT look_id FROM summed WHERE units > 0")
    if which.is_unknown is not None:
        text.add(f"AND class {'<>' if which.is_unknown else '='} {AFFECTED}")
    if which.is_apart is not None:
        text.add(f"AND state {'<>' if which.is_apart else '='} ''")
    if which.country is not None:
        text.add("AND country = %s", which.country)
    return [look for (look,) in rows_of(text.add("ORDER BY look_id"))]


def _summed(concerned: Concerned, then: Moment) -> Text:
    """Begin a statement with how many units looked each way, by country and state.

    PostgreSQL adds up each look by itself: all at once, it would keep all rows until the end.
    """
    text = _classed(concerned).add(", summed AS (")
    if connection.vendor == "postgresql":
        text.add("SELECT c.look_id, class, country, state, units FROM classed c CROSS JOIN LATERAL")
        text.add("(SELECT country, state, SUM(delta) AS units FROM fleet_pastchange t WHERE")
        return _add_days(text, then).add("GROUP BY country, state) each_look)")
    text.add("SELECT c.look_id, class, country, state, SUM(delta) AS units")
    text.add("FROM classed c CROSS JOIN fleet_pastchange t WHERE")
    return _add_days(text, then).add("GROUP BY c.look_id, class, country, state)")


def _add_changes(text: Text, then: Moment) -> Text:
    """Add the changes ``t`` of the looks concerned that count at a moment; a WHERE.

    Each look is taken by the index: PostgreSQL cannot know how few units most of them have, and
    would read all.
    """
    if connection.vendor != "postgresql":
        return _add_days(text.add("classed c CROSS JOIN fleet_pastchange t WHERE"), then)
    text.add("classed c CROSS JOIN LATERAL (SELECT * FROM fleet_pastchange t WHERE")
    return _add_days(text, then).add("OFFSET 0) t WHERE 1 = 1")


def _add_days(text: Text, then: Moment) -> Text:
    """Add that a change is one of the look ``c`` and counts at a moment."""
    text.add("t.look_id = c.look_id AND day <= %s", _told(then.at.date()))
    if then.known_at is not None:
        text.add("AND known_day <= %s", _told(then.known_at.date()))
    return text


def _told(day: date) -> str:
    """Return a day as both databases take it."""
    return day.isoformat()


def _classed(concerned: Concerned) -> Text:
    """Begin a statement with the looks that are reached, each with the highest class in it."""
    asked = concerned.asked
    releases = {*asked.release_ids, *asked.doubtful_release_ids, *concerned.known_ids}
    text = Text().add("WITH classed AS (SELECT look_id, class FROM (SELECT look_id, MAX(CASE WHEN")
    text.one_of("release_id", set(asked.release_ids)).add(f"THEN {AFFECTED} WHEN")
    text.one_of("release_id", set(asked.doubtful_release_ids)).add(f"THEN {IN_DOUBT}")
    text.add(f"WHEN release_id IS NOT NULL THEN {UNAFFECTED} WHEN is_unknown THEN {IN_DOUBT}")
    text.add(f"ELSE {SILENT} END) AS class FROM fleet_pastlookmember WHERE")
    text.one_of("release_id", releases).add("OR is_unknown AND")
    text.one_of("item_id", set(asked.unknown_item_ids)).add("OR NOT is_unknown AND")
    text.one_of("item_id", concerned.kinds)
    return text.add(f"GROUP BY look_id) each_look WHERE class <> {UNAFFECTED})")
