"""Which kinds of events take which details, and what each cannot do without."""

from collections.abc import Mapping

from longmark.core.errors import Invalid
from longmark.core.life.events import NO_DETAILS, Details, Kind
from longmark.core.life.identity import SERIAL_LIMIT_CHARACTERS

REASON_LIMIT_CHARACTERS = 500
RMA_LIMIT_CHARACTERS = 60

TAKES: Mapping[Kind, frozenset[str]] = {
    Kind.SERIAL_ASSIGNED: frozenset({"serial", "former", "reason"}),
    Kind.IDENTITY_CHANGED: frozenset({"serial", "former", "reason"}),
    Kind.TESTED: frozenset({"outcome", "reason", "rma"}),
    Kind.RETURNED: frozenset({"rma", "reason"}),
    Kind.REPAIRED: frozenset({"rma", "reason"}),
    Kind.RMA_CLOSED: frozenset({"rma", "reason"}),
    Kind.REPLACED_BY: frozenset({"replaced_by", "rma", "reason"}),
    Kind.WARRANTY_STARTED: frozenset({"until", "reason"}),
    Kind.WARRANTY_EXTENDED: frozenset({"until", "reason"}),
}
"""Beside a reason, which every kind takes."""

NEEDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.IDENTITY_CHANGED: ("serial",),
    Kind.TESTED: ("outcome",),
    Kind.REPLACED_BY: ("replaced_by",),
    Kind.WARRANTY_EXTENDED: ("until",),
}

COLUMNS: Mapping[str, str] = {
    "serial": "new serial",
    "outcome": "result",
    "rma": "RMA number",
    "until": "warranty until",
    "replaced_by": "replaced by",
    "reason": "reason",
}
"""What lists call them."""

_LIMITS = {
    "serial": SERIAL_LIMIT_CHARACTERS,
    "rma": RMA_LIMIT_CHARACTERS,
    "reason": REASON_LIMIT_CHARACTERS,
}


def check(kind: Kind, details: Details) -> None:
    """Let an event of a kind state these details.

    Raises:
        Invalid: the kind does not take one of them, or cannot do without one that is not there.
    """
    if details == NO_DETAILS and kind not in NEEDS:
        return
    takes = TAKES.get(kind, frozenset({"reason"}))
    for name in COLUMNS:
        stated = getattr(details, name)
        if stated and name not in takes:
            raise Invalid(
                'An event "{kind}" has no {column}.',
                field=COLUMNS[name],
                kind=kind.value,
                column=COLUMNS[name],
            )
        limit = _LIMITS.get(name)
        if limit is not None and len(stated) > limit:
            raise Invalid(
                "The {column} has {length} characters; {limit} is the most.",
                field=COLUMNS[name],
                column=COLUMNS[name],
                length=len(stated),
                limit=limit,
            )
    for name in NEEDS.get(kind, ()):
        if not getattr(details, name):
            raise Invalid(
                'An event "{kind}" needs the {column}.',
                field=COLUMNS[name],
                kind=kind.value,
                column=COLUMNS[name],
            )
