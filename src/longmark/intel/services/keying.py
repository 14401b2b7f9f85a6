"""Ranges of ecosystems that got an order of their own: keyed again from the bounds as published.

Statements on packages of Packagist, CRAN, Hackage and pub were once keyed by the general order, and
say so in their scheme. Until they are keyed anew, components would be compared across two orders.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final

from django.db import transaction

from longmark.core.formats.advisories.records import Status
from longmark.core.identity import package_scheme
from longmark.core.versions import BEGINNING, END, Scheme, Unkeyable, just_above, key
from longmark.intel.models import AffectedRange, Statement

KINDS: Final = ("composer", "cran", "hackage", "pub")
BATCH_STATEMENTS: Final = 1_000
_COLUMNS: Final = ("low", "high", "low_text", "high_text", "status")


def catch_up() -> int:
    """Key what still stands in another order than its package's; return how many statements.

    Each batch is one transaction, so that what is cut off goes on where it stood. Derived data
    only: nothing that a source said changes, and the ledger has nothing to tell.
    """
    count = 0
    for kind in KINDS:
        scheme = package_scheme(f"{kind}:")
        while ids := _of_another_order(kind, scheme):
            _key_again(ids, scheme)
            count += len(ids)
    return count


def _of_another_order(kind: str, scheme: Scheme) -> list[int]:
    rows = Statement.objects.filter(package__gte=f"{kind}:", package__lt=f"{kind};")
    others = rows.exclude(scheme=scheme.value).order_by("package", "advisory")
    return list(islice(others.values_list("pk", flat=True), BATCH_STATEMENTS))


@transaction.atomic
def _key_again(ids: Sequence[int], scheme: Scheme) -> None:
    advisories = Statement.objects.filter(pk__among=ids).values("advisory")
    ranges = AffectedRange.objects.filter(advisory__in=advisories, statement__among=ids)
    for one in ranges:
        for column, value in _keyed(one, scheme).items():
            setattr(one, column, value)
        one.save(update_fields=_COLUMNS)
    Statement.objects.filter(pk__among=ids).update(scheme=scheme.value)


def _keyed(stated: AffectedRange, scheme: Scheme) -> Mapping[str, str]:
    """Return the bounds anew; what has no place in the order is unknown, for every version."""
    try:
        low = _placed(stated.low, stated.low_text, ">", scheme)
        high = _placed(stated.high, stated.high_text, "<=", scheme)
        if stated.low_text.startswith("= "):
            high = just_above(low)
    except Unkeyable:
        low, high = END, BEGINNING
    if low < high:
        return {"low": low, "high": high}
    unknown = {"low": BEGINNING, "high": END, "status": Status.UNKNOWN.value}
    return {**unknown, "low_text": "", "high_text": ""}


def _placed(place: str, text: str, above: str, scheme: Scheme) -> str:
    """Return the key of a bound; one with the sign `above` lies right above its version."""
    sign, _, version = text.partition(" ")
    if place in (BEGINNING, END) or not version:
        return place
    found = key(scheme, version)
    return just_above(found) if sign == above else found
