"""Returns: the rows of RMAs follow what the lives of their units say."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from longmark.core.life import course
from longmark.core.life.identity import folded_serial
from longmark.core.life.returns import RmaStep
from longmark.fleet.models import Rma
from longmark.fleet.services.workspace import Dossier

_DERIVED = ("opened_at", "closed_at", "outcome", "replacement_id", "is_told", "step")


def write(touched: Iterable[Dossier]) -> None:
    """Write what the lives say of RMAs, where that has changed. Two queries, and one for each row
    that was there before and differs.
    """
    changed = [unit for unit in touched if unit.before.rmas != unit.life.rmas]
    if not changed:
        return
    known: dict[UUID, dict[str, Rma]] = defaultdict(dict)
    ids = [unit.id for unit in changed if not unit.is_new]
    for row in Rma.objects.filter(unit_id__in=ids) if ids else ():
        known[row.unit_id][row.number] = row
    fresh: list[Rma] = []
    for unit in changed:
        fresh += _follow(unit, known[unit.id])
    Rma.objects.bulk_create(fresh)


def _follow(unit: Dossier, known: Mapping[str, Rma]) -> list[Rma]:
    """Change the rows of a unit that are there; return those that are to be added."""
    told = {rma.name: rma for rma in unit.life.rmas}  # the last of one number counts
    gone = {name: row for name, row in known.items() if name not in told}
    fresh: list[Rma] = []
    for name, rma in told.items():
        row = known.get(name) or _renumbered(gone, rma)
        if row is None:
            fresh.append(_row(unit, rma))
        else:
            _update(row, rma)
    for row in gone.values():
        rows = Rma.objects.filter(unit_id=row.unit_id, number=row.number)
        if row.has_work:
            rows.update(is_told=False)
        else:
            rows.delete()
    return fresh


def _renumbered(gone: dict[str, Rma], rma: course.Rma) -> Rma | None:
    """Return the row of an RMA whose number was corrected; its work goes along."""
    for name, row in gone.items():
        if row.opened_at == rma.opened_at:
            del gone[name]
            Rma.objects.filter(unit_id=row.unit_id, number=name).update(
                number=rma.name, number_folded=folded_serial(rma.name)
            )
            row.number = rma.name
            return row
    return None


def _row(unit: Dossier, rma: course.Rma) -> Rma:
    return Rma(
        unit_id=unit.id,
        number=rma.name,
        number_folded=folded_serial(rma.name),
        item_id=unit.item,
        opened_at=rma.opened_at,
        closed_at=rma.closed_at,
        outcome=rma.outcome or "",
        replacement_id=rma.replacement,
    )


def _update(row: Rma, rma: course.Rma) -> None:
    """Write what is told anew; what came back under the same number begins from the start."""
    is_anew = row.closed_at is not None and rma.opened_at >= row.closed_at
    stated = {
        "opened_at": rma.opened_at,
        "closed_at": rma.closed_at,
        "outcome": rma.outcome or "",
        "replacement_id": rma.replacement,
        "is_told": True,
        "step": RmaStep.OPENED.value if is_anew else row.step,
    }
    if any(getattr(row, name) != stated[name] for name in _DERIVED):
        Rma.objects.filter(unit_id=row.unit_id, number=row.number).update(**stated)
