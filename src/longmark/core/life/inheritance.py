"""Inheritance: what the unit that takes another one's place has of it from then on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from longmark.core.life.derivation import Life
from longmark.core.life.events import CustodyRole, Details, Holder, Kind, State

FRESH = frozenset({State.REGISTERED, State.BUILT, State.RETURNED, State.REPLACED})
"""States of a unit that is in the house: it is shipped. Others are with a customer already."""


@dataclass(frozen=True, slots=True)
class Inheritance:
    """The events that a replacement's life goes on with.

    ``move`` says how it came to its keepers; none: it is with them already. ``warranty`` is the
    event of its warranty with its details; none: nothing is left, or its own lasts longer.
    """

    move: Kind | None
    custody: Mapping[CustodyRole, Holder | None]
    warranty: tuple[Kind, Details] | None


def inherited(unit: Life, taker: Life, day: date, *, reason: str) -> Inheritance:
    """Return what ``taker`` inherits from ``unit``, whose place it takes on a day."""
    kept = {role: stay.content for role, stay in unit.kept_now().items()}
    own = {role: stay.content for role, stay in taker.kept_now().items()}
    custody = {role: holder for role, holder in kept.items() if own.get(role) != holder}
    is_fresh = taker.state in FRESH
    move = Kind.SHIPPED if is_fresh else Kind.TRANSFERRED if custody else None
    return Inheritance(move, custody, _warranty(unit, taker, day, reason))


def _warranty(unit: Life, taker: Life, day: date, reason: str) -> tuple[Kind, Details] | None:
    """Return the balance of a warranty as an event; the longer of two warranties holds."""
    left, own = unit.warranty, taker.warranty
    if left is None or not left.holds_on(day):
        return None
    balance = left.balance(day)
    until = day + balance if balance is not None else None
    if own is None or not own.holds_on(day):
        return Kind.WARRANTY_STARTED, Details(until=until, reason=reason)
    if own.until is None or (until is not None and until <= own.until):
        return None
    if until is None:
        return Kind.WARRANTY_STARTED, Details(reason=reason)
    return Kind.WARRANTY_EXTENDED, Details(until=until, reason=reason)
