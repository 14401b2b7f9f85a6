"""Markings: a unit that was marked anew bears its new number, and is found by every former one."""

from collections.abc import Iterable, Iterator

from django.db.models import Max

from longmark.core.life.identity import folded_serial
from longmark.core.vocabulary import AliasKind
from longmark.fleet.models import Unit, UnitAlias
from longmark.fleet.services.workspace import Dossier
from longmark.foundation import bulk


def write(touched: Iterable[Dossier]) -> None:
    """Write the numbers of units that were marked anew, or are now known not to have been."""
    marked = [unit for unit in touched if unit.before.markings != unit.life.markings]
    for dossier in marked:
        first, serial = first_serial(dossier), current_serial(dossier)
        bulk.update_rows(
            Unit, ("serial", "serial_folded"), [(serial, folded_serial(serial), dossier.id)]
        )
        ever = {each.details.serial for each in dossier.events} | {first}
        rows = UnitAlias.objects.filter(unit_id=dossier.id)
        highest: int = rows.aggregate(highest=Max("number"))["highest"] or 0
        folded = [folded_serial(each) for each in ever if each]
        rows.filter(kind=AliasKind.SERIAL, value_folded__in=folded).delete()
        UnitAlias.objects.bulk_create(_aliases(dossier, first, highest))


def current_serial(dossier: Dossier) -> str:
    """Return the number that a unit bears, as its events say."""
    markings = dossier.life.markings
    return markings[-1].serial if markings else first_serial(dossier)


def first_serial(dossier: Dossier) -> str:
    """Return the number that a unit was registered with."""
    formers = (each.details.former for each in dossier.events if each.details.former)
    return next(formers, dossier.serial)


def _aliases(dossier: Dossier, first: str, highest: int) -> Iterator[UnitAlias]:
    """Yield a name for each number that the unit bore, with the time in which it did."""
    markings = dossier.life.markings
    if not markings:
        return
    begin = min(event.occurred_at for event in dossier.events)
    borne = [(first, begin), *((each.serial, each.since) for each in markings)]
    ends = [since for _, since in borne[1:]]
    for number, ((serial, since), end) in enumerate(
        zip(borne, [*ends, None], strict=True), start=highest + 1
    ):
        yield UnitAlias(
            unit_id=dossier.id,
            number=number,
            kind=AliasKind.SERIAL,
            value=serial,
            value_folded=folded_serial(serial),
            valid_from=min(since, end) if end else since,
            valid_to=end,
        )
