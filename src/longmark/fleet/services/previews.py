"""Previews: what taking a list would do, for a person to look at."""

from datetime import datetime
from typing import Any
from uuid import UUID

from longmark.core.life.derivation import Installed, Life
from longmark.core.life.events import THE_UNIT_ITSELF
from longmark.fleet.services.catalogue import Catalogue
from longmark.fleet.services.lists import LATE_AFTER, Heard
from longmark.fleet.services.rows import Reading
from longmark.fleet.services.statements import Told
from longmark.fleet.services.workspace import Dossier, Step

CHANGES_LIMIT = 50
THE_UNIT = "unit"  # where others have the name of a slot


class Preview:
    """Some changes, slot by slot, and how many units are created of each item."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._created: dict[int, dict[str, Any]] = {}
        self._changes: list[dict[str, Any]] = []
        self._contested: list[dict[str, Any]] = []

    def add(self, heard: Heard, *, now: datetime) -> None:
        """Add what the rows of a chunk would do."""
        self._contested += [
            {"row": each.number, "unit": str(each.unit), "serial": each.serial,
             "why": str(each.error).removesuffix(each.error.mend.format(**each.error.values))}
            for each in heard.contested[: CHANGES_LIMIT - len(self._contested)]
        ]  # fmt: skip
        for reading, told in heard.told:
            if told.is_new:
                self._add_created(told.dossier)
            elif told.event_count and len(self._changes) < CHANGES_LIMIT:
                self._add_changes(reading, told, heard, now)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept with the import."""
        return {
            "created": list(self._created.values()),
            "changes": self._changes[:CHANGES_LIMIT],
            "contested": self._contested,
        }

    def _add_created(self, dossier: Dossier) -> None:
        name = self._catalogue.items_by_id[dossier.item].name
        serial = dossier.serial
        first = {"item": name, "count": 0, "first": serial, "last": serial}
        row = self._created.setdefault(dossier.item, first)
        row["count"] += 1
        row["first"], row["last"] = min(row["first"], serial), max(row["last"], serial)

    def _add_changes(self, reading: Reading, told: Told, heard: Heard, now: datetime) -> None:
        late = now - reading.statement.occurred_at
        row = {
            "row": reading.number,
            "unit": str(told.dossier.id),
            "serial": told.dossier.serial,
            "event": reading.statement.kind.value,
            "late_days": late.days if late > LATE_AFTER else 0,
        }
        facts = [fact for step in told.steps for fact in self._facts(step, told, heard)]
        nothing = {"fact": "", "before": {}, "after": {}}
        self._changes += [{**row, **fact} for fact in facts or [nothing]]

    def _facts(self, step: Step, told: Told, heard: Heard) -> list[dict[str, Any]]:
        """Return what an event changes at its instant, by the paths of slots from the unit."""
        at = step.event.occurred_at
        above = _path_to(step.dossier, told.dossier, heard, at)
        before, after = _inside_at(step.before, at), _inside_at(step.after, at)
        return [
            {
                "fact": "/".join(part for part in (above, slot) if part) or THE_UNIT,
                "before": self._shown(before.get(slot), heard, at),
                "after": self._shown(after.get(slot), heard, at),
            }
            for slot in sorted({*before, *after})
            if _said(before.get(slot)) != _said(after.get(slot))
            and not (above and slot == THE_UNIT_ITSELF)  # told where the unit sits
        ]

    def _shown(self, installed: Installed | None, heard: Heard, at: datetime) -> dict[str, str]:
        """Return what a slot holds in names: a release, a unit, nothing, or not known."""
        if installed is None:
            return {}
        occupant, evidence = installed.content, installed.evidence.word
        if occupant is None:
            return {"release": "", "evidence": evidence}
        item = self._catalogue.items_by_id.get(occupant.item or 0)
        name, release = item.name if item else occupant.part, occupant.release
        child = heard.dossiers.get(occupant.child) if occupant.child else None
        if child is not None:
            name = f"{name} {child.serial}"
            own = child.life.inside_at(THE_UNIT_ITSELF, at)
            release = own.content.release if own and own.content else release
        return {
            "item": name,
            "release": self._catalogue.versions.get(release or 0, "" if child else "?"),
            "unit": str(occupant.child or ""),
            "evidence": evidence,
        }


def _inside_at(life: Life, at: datetime) -> dict[str, Installed]:
    return {each.place: each for each in life.installations if each.holds_at(at)}


def _said(installed: Installed | None) -> tuple[object, ...]:
    return (installed.content, installed.evidence) if installed else ()


def _path_to(inner: Dossier, outer: Dossier, heard: Heard, at: datetime) -> str:
    """Return where a unit sits in another at an instant; empty if it is the same unit."""
    sought: list[tuple[UUID, str]] = [(outer.id, "")]
    seen: set[UUID] = set()
    while sought:
        pk, path = sought.pop()
        if pk == inner.id:
            return path
        dossier = heard.dossiers.get(pk)
        if dossier is None or pk in seen:
            continue
        seen.add(pk)
        for slot, installed in _inside_at(dossier.life, at).items():
            if installed.content and installed.content.child:
                sought.append((installed.content.child, f"{path}/{slot}" if path else slot))
    return inner.serial
