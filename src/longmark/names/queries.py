"""Reads of name rules and name maps."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import connection
from django.db.models import Q

from longmark.core.errors import NotFound
from longmark.core.identity.rules import NameRule as Rule
from longmark.core.identity.rules import NameRuleKind, Rulebook
from longmark.foundation.pages import Page, keyset_page
from longmark.names.models import NameMap, NameMapRow, NameRule

NAMES_CHUNK = 20_000
LOCK = 0x4E414D45
"""The number of the lock on all rules (PostgreSQL): any will do that no other lock has."""


@dataclass(frozen=True)
class Origin:
    """Who says that a component is known by a name: a rule of a person, or a map."""

    rule: NameRule | None = None
    map: NameMap | None = None


def hold_rules_still() -> None:
    """Let no rule change until the transaction ends; others may read meanwhile.

    Whoever stores coordinates calls it before reading rules. So every change of a rule comes
    either before, and is read, or after, and finds the components that it concerns. On SQLite the
    transaction is the only writer.
    """
    _lock("pg_advisory_xact_lock_shared")


def take_turn() -> None:
    """Wait until nobody holds the rules still, and be the only one to change them."""
    _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    assert connection.in_atomic_block, "a lock lasts as long as the transaction"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [LOCK])


def rulebook(names: Iterable[str]) -> Rulebook:
    """Return the rules that hold under stated names, those of corrected identities included.

    Two queries, and two more if an identity is corrected; the same for any number of names.
    """
    wanted = set(names)
    book = _rules_under(wanted)
    corrected = {
        further
        for rules in book.values()
        for rule in rules
        if rule.kind is NameRuleKind.CORRECTED
        for further in rule.corrected_names
    }
    missing = corrected - wanted
    return book | _rules_under(missing) if missing else book


def _rules_under(names: Collection[str]) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = defaultdict(list)
    for chunk in _chunks(names):
        rows = NameRule.objects.filter(stated__among=chunk, withdrawn_at=None)
        for row in rows.order_by("stated", "kind", "target", "versions"):
            found[row.stated].append(row.rule)
        listed = NameMapRow.objects.filter(
            stated__among=chunk, is_used=True, map__withdrawn_at=None
        ).values_list("stated", "package")
        for stated, package in listed.order_by("stated", "package").distinct():
            found[stated].append(Rule(stated, NameRuleKind.KNOWN_AS, package))
    return dict(found)


def _chunks(names: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(sorted(names))
    while chunk := list(islice(rest, NAMES_CHUNK)):
        yield chunk


def rule(pk: int) -> NameRule:
    """Return one rule, withdrawn or not. One query.

    Raises:
        NotFound: there is none with this number.
    """
    found = NameRule.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no name rule {pk}.", pk=pk)
    return found


def rules_under(names: Iterable[str]) -> list[NameRule]:
    """Return the rules that hold under stated names, oldest first. One query."""
    rows = NameRule.objects.filter(stated__among=sorted(set(names)), withdrawn_at=None)
    return list(rows.order_by("recorded_at", "id"))


def rules_page(
    *,
    text: str = "",
    kind: str = "",
    with_withdrawn: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> Page[NameRule]:
    """Return rules, newest first; ``text`` is sought in what is stated and what it means."""
    rows = NameRule.objects.all() if with_withdrawn else NameRule.objects.filter(withdrawn_at=None)
    sought = text.replace("\0", "").strip()
    if sought:
        rows = rows.filter(
            Q(stated__icontains=sought) | Q(target__icontains=sought) | Q(purl__icontains=sought)
        )
    if kind:
        rows = rows.filter(kind=kind)
    return keyset_page(rows, order=["-recorded_at", "-id"], after=after, limit=limit)


def name_map(pk: int) -> NameMap:
    """Return one map, withdrawn or not. One query.

    Raises:
        NotFound: there is none with this number.
    """
    found = NameMap.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no name map {pk}.", pk=pk)
    return found


def maps_page(*, after: str | None = None, limit: int = 50) -> Page[NameMap]:
    """Return maps, newest first, withdrawn ones too. One query."""
    rows = NameMap.objects.defer("refusals")
    return keyset_page(rows, order=["-recorded_at", "-id"], after=after, limit=limit)


def map_rows_page(
    found: NameMap, *, text: str = "", after: str | None = None, limit: int = 50
) -> Page[NameMapRow]:
    """Return the rows of a map by stated name. One query."""
    rows = NameMapRow.objects.filter(map=found)
    sought = text.replace("\0", "").strip()
    if sought:
        rows = rows.filter(Q(stated__icontains=sought) | Q(package__icontains=sought))
    return keyset_page(rows, order=["stated", "package", "id"], after=after, limit=limit)


def stated_names_of_map(found: NameMap) -> Iterator[list[str]]:
    """Yield the stated names that a map's used rows are about, rising, in chunks."""
    rows = NameMapRow.objects.filter(map=found, is_used=True)
    names = rows.values_list("stated", flat=True).distinct().order_by("stated")
    rest = names.iterator(chunk_size=NAMES_CHUNK)
    while chunk := list(islice(rest, NAMES_CHUNK)):
        yield chunk


def origins_of(names: Iterable[str]) -> dict[str, list[Origin]]:
    """Return who says what under stated names, by target. Two queries."""
    wanted = sorted(set(names))
    found: dict[str, list[Origin]] = defaultdict(list)
    for each in rules_under(wanted):
        found[each.target].append(Origin(rule=each))
    rows = NameMapRow.objects.filter(
        stated__among=wanted, is_used=True, map__withdrawn_at=None
    ).select_related("map")
    for row in rows.order_by("package", "map_id"):
        found[row.package].append(Origin(map=row.map))
    return dict(found)
