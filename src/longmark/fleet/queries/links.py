"""Reads of identification links: the unit behind one, and units by whatever a plate says."""

from typing import TYPE_CHECKING

from longmark.core.errors import NotFound
from longmark.core.life.aliases import folded_as_mac
from longmark.core.life.identity import folded_serial
from longmark.core.life.links import Token, last_part, token_in
from longmark.fleet.models import Unit, UnitAlias
from longmark.fleet.models.lives import LinkKey
from longmark.fleet.queries.units import FOUND_LIMIT_ROWS, with_names

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXT_LIMIT = 300


def link_secrets() -> dict[int, bytes]:
    """Return the keys of links by number. One query."""
    return {key.number: bytes(key.secret) for key in LinkKey.objects.order_by("number")}


def unit_behind(token: Token) -> Unit:
    """Return the unit that a token proves to belong to. Two queries, one if it proves nothing.

    Raises:
        NotFound: no key of ours made it, or the unit is gone; the message tells no more.
    """
    secret = link_secrets().get(token.key)
    found = None
    if secret is not None and token.is_made_with(secret):
        found = with_names(Unit.objects.filter(pk=token.unit)).first()
    if found is None:
        raise NotFound("This link leads to no unit.")
    return found


def units_scanned(text: str) -> list[Unit]:
    """Return the units that a scanned or typed text names: a link, a serial number, an alias.

    A link of ours names one unit. Of another address the whole and its last part are compared
    with the aliases and serial numbers. Twenty at most; three queries at most.
    """
    stated = text.strip()[:TEXT_LIMIT]
    if not stated:
        return []
    token = token_in(stated)
    if token is not None:
        try:
            return [unit_behind(token)]
        except NotFound:
            return []
    folded = {folded_serial(stated), folded_serial(last_part(stated)), folded_as_mac(stated)}
    return _named(folded - {""})


def _named(names: "Iterable[str]") -> list[Unit]:
    names = list(names)
    called = UnitAlias.objects.filter(value_folded__in=names, valid_to=None)
    ids = set(called.values_list("unit_id", flat=True)[:FOUND_LIMIT_ROWS])
    ids |= set(
        Unit.objects.filter(serial_folded__in=names).values_list("pk", flat=True)[:FOUND_LIMIT_ROWS]
    )
    rows = with_names(Unit.objects.filter(pk__in=ids)).order_by("serial_folded", "id")
    return list(rows[:FOUND_LIMIT_ROWS])
