"""Statements on a past day: one each, whatever the number of units, served by indexes.

They begin at the intervals of the releases asked about, climb from unit to host, and end at the
units that sat in no other. Each root has a class, the highest of what is found in it: affected; in
doubt; of a kind that holds an item asked about, with nothing known of it; or not affected.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.expressions import RawSQL

from longmark.core.life.course import STATE_AFTER
from longmark.core.life.events import NOT_IN_USE, OUT_OF_USE, CustodyRole, Evidence, Kind, State
from longmark.fleet.models import ENDING_KINDS, Unit
from longmark.fleet.queries.moments import Moment
from longmark.fleet.queries.reach import Asked

CLIMB_LIMIT = 6
AFFECTED, IN_DOUBT, UNAFFECTED, SILENT = 2, 1, 0, -1


@dataclass(frozen=True)
class Concerned:
    """What is asked about, and what the catalog says of it.

    ``known_ids`` are all releases of the items asked about, affected or not; ``kinds`` are items
    whose units must hold one of these items, so that silence about it is doubt. Pieces of batches
    count in the units that hold them, and never by themselves.
    """

    asked: Asked
    known_ids: tuple[int, ...] = ()
    kinds: tuple[int, ...] = ()
    batches: tuple[int, ...] = ()


@dataclass(frozen=True)
class Narrowed:
    """Which of the roots count; what is not stated is not asked for."""

    operator_id: int | None = None
    distributor_id: int | None = None
    site_id: int | None = None
    country: str | None = None
    is_operator_known: bool | None = None
    is_distributor_known: bool | None = None
    evidence: Evidence | None = None
    is_unknown: bool | None = None
    is_apart: bool | None = None  # out of use; None: in use or not


EVERYTHING = Narrowed()


@dataclass
class Text:
    """A statement in the making, with its values."""

    parts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, text: str, *values: Any) -> "Text":
        self.parts.append(text)
        self.values += values
        return self

    def one_of(self, column: str, options: Collection[Any]) -> "Text":
        """Add that a column has one of some values; of no values it has none."""
        if not options:
            return self.add("1 = 0")
        return self.add(f"{column} IN ({', '.join(['%s'] * len(options))})", *sorted(options))

    def believed(self, name: str, then: Moment) -> "Text":
        """Add that an interval holds at a moment."""
        at, known_at = instant(then.at), instant(then.known_at)
        self.add(f"{name}.valid_from <= %s AND ({name}.valid_to IS NULL OR {name}.valid_to > %s)")
        self.values += [at, at]
        if known_at is None:
            return self.add(f"AND {name}.known_to IS NULL")
        self.add(f"AND {name}.known_from <= %s")
        self.add(f"AND ({name}.known_to IS NULL OR {name}.known_to > %s)")
        self.values += [known_at, known_at]
        return self

    def __str__(self) -> str:
        return " ".join(self.parts)


def instant(value: datetime | None) -> Any:
    """Return an instant as the driver takes it."""
    return None if value is None else connection.ops.adapt_datetimefield_value(value)


def counts(concerned: Concerned, then: Moment) -> list[tuple[Any, ...]]:
    """Count roots by operator, distributor, country and state out of use: affected, in doubt."""
    text = _reached(concerned, then, EVERYTHING)
    text.add("SELECT operator_id, distributor_id, country, state,")
    text.add("SUM(is_affected), SUM(1 - is_affected) FROM reached")
    text.add("GROUP BY operator_id, distributor_id, country, state")
    return rows_of(text)


def shares(concerned: Concerned, then: Moment) -> list[tuple[Any, ...]]:
    """Count roots in use by affected release and how well it is known, at its best in each."""
    text = Text().add("WITH")
    _add_held(text, concerned, then)
    _add_rooted(text, concerned, then)
    text.add("best AS (SELECT root, release_id, MAX(evidence) AS evidence FROM rooted")
    text.add(f"WHERE class = {AFFECTED} GROUP BY root, release_id),")
    text.add("ended AS (SELECT c.release_id, c.evidence,")
    _add_end(text, then)
    text.add("AS last_state FROM best c) SELECT release_id, evidence, COUNT(*) FROM ended")
    text.add("WHERE last_state IS NULL OR NOT").one_of("last_state", _words(NOT_IN_USE))
    text.add("GROUP BY release_id, evidence ORDER BY release_id, evidence")
    return rows_of(text)


def roots(concerned: Concerned, then: Moment, narrowed: Narrowed) -> RawSQL:
    """Return the ids of the roots that count, to be a condition on units."""
    text = _reached(concerned, then, narrowed).add("SELECT root FROM reached WHERE 1 = 1")
    for column in ("operator_id", "distributor_id", "site_id", "country"):
        if (value := getattr(narrowed, column)) is not None:
            text.add(f"AND {column} = %s", value)
    for role in ("operator", "distributor"):
        is_known = getattr(narrowed, f"is_{role}_known")
        if is_known is not None:
            text.add(f"AND {role}_id IS {'NOT ' if is_known else ''}NULL")
    if narrowed.is_unknown is not None:
        text.add("AND is_affected = %s", 0 if narrowed.is_unknown else 1)
    if narrowed.is_apart is not None:
        text.add("AND").one_of("state", _words(OUT_OF_USE) if narrowed.is_apart else [""])
    return RawSQL(str(text), text.values)  # noqa: S611


def states(units: Collection[UUID], then: Moment) -> dict[UUID, str]:
    """Return the states of some units by their events until a moment."""
    if not units:
        return {}
    text = Text().add("SELECT c.root,")
    _add_state(text, then)
    text.add("FROM (SELECT u.id AS root FROM fleet_unit u WHERE")
    text.one_of("u.id", list(map(stored_id, units))).add(") c")
    return {as_uuid(pk): state for pk, state in rows_of(text) if state}


def present(units: Collection[UUID], then: Moment) -> set[UUID]:
    """Return which of some units were known to be there."""
    if not units:
        return set()
    text = Text().add("SELECT u.id FROM fleet_unit u WHERE")
    text.one_of("u.id", list(map(stored_id, units))).add("AND")
    _add_presence(text, then)
    return {as_uuid(pk) for (pk,) in rows_of(text)}


def stored_id(unit: UUID) -> Any:
    """Return the id of a unit as the driver takes it."""
    return Unit._meta.pk.get_db_prep_value(unit, connection)


def as_uuid(stored: Any) -> UUID:
    """Return the id of a unit that a driver gave."""
    return stored if isinstance(stored, UUID) else UUID(stored)


def rows_of(text: Text) -> list[tuple[Any, ...]]:
    """Run a statement. PostgreSQL would take three seconds to compile what runs for less."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            connection.connection.execute("SET jit = off")
        cursor.execute(str(text), text.values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _reached(concerned: Concerned, then: Moment, narrowed: Narrowed) -> Text:
    """Begin a statement with the roots, whose they were, where, and their state if out of use."""
    text = Text().add("WITH")
    _add_held(text, concerned, then)
    _add_rooted(text, concerned, then)
    text.add("classed AS (SELECT root, MAX(class) AS class FROM rooted GROUP BY root")
    text.add(f"HAVING MAX(class) <> {UNAFFECTED}")
    if narrowed.evidence is not None:
        text.add(f"AND MAX(CASE WHEN class = {AFFECTED} AND evidence = %s THEN 1 ELSE 0 END) = 1")
        text.values.append(int(narrowed.evidence))
    text.add("), ended AS (SELECT c.root, c.class,")
    _add_end(text, then)
    text.add("AS last_state FROM classed c), reached AS (SELECT e.root,")
    text.add(f"CASE WHEN e.class = {AFFECTED} THEN 1 ELSE 0 END AS is_affected,")
    text.add("by_operator.party_id AS operator_id, by_operator.site_id AS site_id,")
    text.add("COALESCE(by_operator.country, '') AS country,")
    text.add("by_distributor.party_id AS distributor_id,")
    text.add("CASE WHEN").one_of("e.last_state", _words(OUT_OF_USE))
    text.add("THEN e.last_state ELSE '' END AS state FROM ended e")
    for role in (CustodyRole.OPERATOR, CustodyRole.DISTRIBUTOR):
        name = f"by_{role}"
        text.add(f"LEFT JOIN fleet_custody {name} ON {name}.unit_id = e.root")
        text.add(f"AND {name}.role = %s AND", role.value).believed(name, then)
    text.add("WHERE e.last_state IS NULL OR NOT").one_of("e.last_state", [State.SCRAPPED.value])
    return text.add(")")


def _words(states: Iterable[Any]) -> list[str]:
    return [str(state) for state in states]


def _add_held(text: Text, concerned: Concerned, then: Moment) -> None:
    """Add what sat in units, and which units may have held something without saying so."""
    asked = concerned.asked
    text.add("held AS (SELECT i.unit_id, i.release_id, i.evidence, CASE WHEN")
    text.one_of("i.release_id", set(asked.release_ids)).add(f"THEN {AFFECTED} WHEN")
    text.one_of("i.release_id", set(asked.doubtful_release_ids)).add(f"THEN {IN_DOUBT}")
    text.add(f"ELSE {UNAFFECTED} END AS class FROM fleet_installation i WHERE")
    releases = {*asked.release_ids, *asked.doubtful_release_ids, *concerned.known_ids}
    text.one_of("i.release_id", releases).add("AND").believed("i", then)
    items = set(asked.unknown_item_ids)
    if items:
        text.add(f"UNION ALL SELECT i.unit_id, i.release_id, i.evidence, {IN_DOUBT}")
        text.add("FROM fleet_installation i WHERE i.release_id IS NULL AND i.child_id IS NULL AND")
        text.one_of("i.item_id", items).add("AND").believed("i", then)
        _add_units(text, items, IN_DOUBT, then)
        text.add("AND NOT EXISTS (SELECT 1 FROM fleet_installation o WHERE o.unit_id = u.id")
        text.add("AND o.slot = '' AND o.release_id IS NOT NULL AND").believed("o", then).add(")")
    if concerned.kinds:
        _add_units(text, set(concerned.kinds), SILENT, then)
    text.add("),")


def _add_units(text: Text, items: Collection[int], rank: int, then: Moment) -> None:
    """Add the units of some items that were there at a moment."""
    text.add(f"UNION ALL SELECT u.id, CAST(NULL AS BIGINT), 0, {rank}")
    text.add("FROM fleet_unit u WHERE").one_of("u.item_id", items).add("AND")
    _add_presence(text, then)


def _add_presence(text: Text, then: Moment) -> None:
    """Add that a unit was known to be there: something counted had happened to it.

    As known now, the day on which it was built says so for most.
    """
    at = instant(then.at)
    if then.known_at is None:
        text.add("(u.built_at <= %s OR", at)
    else:
        text.add("(u.recorded_at <= %s AND", instant(then.known_at))
    text.add("EXISTS (SELECT 1 FROM fleet_event t WHERE t.unit_id = u.id AND t.occurred_at <= %s")
    text.values.append(at)
    text.add("AND (t.corrects IS NULL OR t.payload ->> 'stands_for' IS NOT NULL) AND")
    _add_counts(text, "t", then)
    text.add("))")


def _add_rooted(text: Text, concerned: Concerned, then: Moment) -> None:
    """Add the climb to the units that sat in no other, one join a level."""
    hosts = [f"s{level}.unit_id" for level in range(CLIMB_LIMIT, 0, -1)]
    text.add(f"rooted AS (SELECT COALESCE({', '.join(hosts)}, h.unit_id) AS root,")
    text.add("h.release_id, h.evidence, h.class FROM held h")
    below = "h"
    for level in range(1, CLIMB_LIMIT + 1):
        name = f"s{level}"
        text.add(f"LEFT JOIN fleet_installation {name} ON {name}.child_id = {below}.unit_id AND")
        text.believed(name, then)
        below = name
    if concerned.batches:
        text.add(f"WHERE COALESCE({', '.join(hosts)}, h.unit_id) NOT IN")
        text.add("(SELECT id FROM fleet_unit WHERE").one_of("item_id", concerned.batches).add(")")
    text.add("),")


def _add_end(text: Text, then: Moment) -> None:
    """Add the state of a root if its use has ever ended, as the few of them are told by an index.

    The kinds are written as they stand in the condition of the index, or SQLite does not find it.
    """
    kinds = ", ".join(f"'{kind}'" for kind in ENDING_KINDS)
    text.add("CASE WHEN c.root IN (SELECT e.unit_id FROM fleet_event e")
    text.add(f"WHERE e.kind IN ({kinds})) THEN")
    _add_state(text, then)
    text.add("END")


def _add_state(text: Text, then: Moment) -> None:
    """Add the state of a root by its last event that changes it, corrections in place.

    A return counts until its RMA is closed: then the state before it counts again.
    """
    kinds = {kind.value: str(state) for kind, state in STATE_AFTER.items()}
    told = "COALESCE(v.payload ->> 'stands_for', v.kind)"
    text.add(f"(SELECT CASE {told}")
    for kind, state in kinds.items():
        text.add("WHEN %s THEN %s", kind, state)
    text.add("END FROM fleet_event v WHERE v.unit_id = c.root AND v.occurred_at <= %s")
    text.values.append(instant(then.at))
    text.add("AND").one_of(told, kinds).add("AND")
    _add_counts(text, "v", then)
    text.add(f"AND ({told} <> %s OR NOT EXISTS (", Kind.RETURNED.value)
    _add_closing(text, then)
    text.add(")) ORDER BY v.occurred_at DESC, v.seq DESC LIMIT 1)")


def _add_counts(text: Text, name: str, then: Moment) -> None:
    """Add that an event was known then, and not corrected."""
    known_at = instant(then.known_at)
    text.add("NOT EXISTS (SELECT 1 FROM fleet_event x WHERE")
    text.add(f"x.unit_id = {name}.unit_id AND x.corrects = {name}.seq")
    if known_at is None:
        text.add(")")
    else:
        text.add(f"AND x.recorded_at <= %s) AND {name}.recorded_at <= %s", known_at, known_at)


def _add_closing(text: Text, then: Moment) -> None:
    """Add the closing of the RMA that the return ``v`` opened: of its number, or of none."""
    text.add("SELECT 1 FROM fleet_event y WHERE y.unit_id = v.unit_id")
    text.add("AND COALESCE(y.payload ->> 'stands_for', y.kind) = %s", Kind.RMA_CLOSED.value)
    text.add("AND y.occurred_at <= %s", instant(then.at))
    text.add("AND (y.occurred_at > v.occurred_at")
    text.add("OR (y.occurred_at = v.occurred_at AND y.seq > v.seq))")
    numbers = [f"COALESCE({name}.payload -> 'details' ->> 'rma', '')" for name in ("v", "y")]
    text.add(f"AND ({numbers[0]} = {numbers[1]} OR '' IN ({', '.join(numbers)})) AND")
    _add_counts(text, "y", then)
