"""The catalog as bookings need it: names to numbers, and which slot is where."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from longmark.catalog import queries as catalog
from longmark.catalog.queries import parameters
from longmark.core.errors import Invalid
from longmark.core.identity.gtin import gtin_of, spellings
from longmark.core.life.configurations import SlotPlan
from longmark.core.vocabulary import IdentifiedBy

if TYPE_CHECKING:
    from longmark.catalog.models import Item

NESTING_LIMIT = 6
UNKNOWN_WORDS = frozenset({"?", "unknown", "unbekannt", "n/a", "not known"})
EMPTY_WORDS = frozenset({"empty", "none", "leer", "keine", "keiner", "ohne"})


@dataclass(frozen=True)
class Named:
    """An item, and a release of it if one was named."""

    item: int
    release: int | None


@dataclass(frozen=True)
class Catalogue:
    """Items, releases and composition, read once for many bookings."""

    items: Mapping[str, "Item"]
    item_numbers: Mapping[str, int]
    releases: Mapping[tuple[int, str], int]
    plans: Mapping[int, Sequence[SlotPlan]]

    @cached_property
    def items_by_id(self) -> Mapping[int, "Item"]:
        return {item.pk: item for item in self.items.values()}

    def item(self, name: str) -> "Item":
        """Return the item of this name or external number, however its case.

        Raises:
            Invalid: there is none; the nearest names are in the message.
        """
        found = self.found(name)
        if found is None:
            raise _not_found('There is no item "{name}".', name, self.items, field="item")
        return found

    def found(self, name: str) -> "Item | None":
        """Return the item of this name or external number; a GTIN with or without its zeros."""
        found = self.items.get(name) or self._folded.get(name.casefold())
        numbers = [name] if not gtin_of(name) else [name, *spellings(gtin_of(name))]
        for number in numbers if found is None else ():
            if number in self.item_numbers:
                return self.items_by_id[self.item_numbers[number]]
        return found

    @cached_property
    def batch_items(self) -> frozenset[int]:
        """The items whose pieces bear the number of their batch."""
        return frozenset(
            item.pk for item in self.items.values() if item.identified_by == IdentifiedBy.BATCH
        )

    @cached_property
    def _folded(self) -> Mapping[str, "Item"]:
        return {name.casefold(): item for name, item in self.items.items()}

    @cached_property
    def versions(self) -> Mapping[int, str]:
        """Versions by release id."""
        return {pk: version for (_, version), pk in self.releases.items()}

    def slot_path(self, item: int, name: str) -> str:
        """Return where a slot of this name is in units of an item: itself or inside of its parts.

        Raises:
            Invalid: nowhere, or in several places.
        """
        paths = self._paths.get((item, name))
        if paths is None:
            paths = self._paths[item, name] = self._find_paths(item, name)
        if len(paths) == 1:
            return paths[0]
        if paths:
            raise Invalid(
                'Units of {item} have several slots "{name}": write one of {paths}.',
                field=name,
                item=self.items_by_id[item].name,
                name=name,
                paths=", ".join(paths),
            )
        known = [plan.name for _, plan in self._walk(item)]
        message = 'Units of {item} have no slot "{name}".'
        title = self.items_by_id[item].name
        raise _not_found(message, name, known, field=name, item=title, mend=_NO_SLOT)

    @cached_property
    def _secrets(self) -> Mapping[int, frozenset[str]]:
        return parameters.secret_names()

    def refuse_secrets(self, items: Iterable[int], names: Iterable[str]) -> None:
        """Refuse values of parameters that are secret in one of these sets.

        Raises:
            Invalid: one is; a booking would keep it in the clear for ever.
        """
        stated = set(names)
        for item in items:
            for name in sorted(stated & self._secrets.get(item, frozenset())):
                raise Invalid(
                    "{name} is secret and is not written into a booking: hand over the set that"
                    " was read out of the unit, of which only digests are kept.",
                    field=name,
                    name=name,
                )

    @cached_property
    def _paths(self) -> dict[tuple[int, str], Sequence[str]]:
        return {}

    def _find_paths(self, item: int, name: str) -> Sequence[str]:
        places = {path for path, _ in self._walk(item)}
        if name in places:
            return [name]
        return sorted(path for path in places if path.rpartition("/")[2] == name)

    def _walk(self, item: int, above: str = "", depth: int = 0) -> Iterable[tuple[str, SlotPlan]]:
        """Yield every slot of an item and of what may sit in it, as path and plan."""
        if depth >= NESTING_LIMIT:
            return
        for plan in self.plans.get(item, ()):
            path = f"{above}/{plan.name}" if above else plan.name
            yield path, plan
            for inner in plan.items:
                yield from self._walk(inner, path, depth + 1)

    def paths(self, item: int) -> list[str]:
        """Return the paths of all slots that units of an item have, at any depth."""
        return sorted({path for path, _ in self._walk(item)})

    def items_at(self, item: int, path: str) -> Sequence[int]:
        """Return the items that fit at a path; those of every way that leads there."""
        fits = {fit for place, plan in self._walk(item) if place == path for fit in plan.items}
        return sorted(fits)

    def path_of_part(self, item: int, part: int, slot: str, *, field: str) -> str:
        """Return where a part sits in units of an item: at a slot, or the only place it fits.

        Raises:
            Invalid: it fits nowhere, or in several places.
        """
        if slot:
            return self.slot_path(item, slot)
        places = sorted({path for path, plan in self._walk(item) if part in plan.items})
        if len(places) == 1:
            return places[0]
        names = {"item": self.items_by_id[item].name, "part": self.items_by_id[part].name}
        if places:
            raise Invalid(
                "{part} fits several slots of {item}: say in which of them: {places}.",
                field=field,
                places=", ".join(places),
                **names,
            )
        raise Invalid("{part} fits no slot of {item}.", field=field, **names)

    def release(self, text: str, *, among: Sequence[int], field: str) -> Named:
        """Return what ``2.3.1`` or ``tg200-fw 2.3.1`` names, among items that fit.

        Raises:
            Invalid: it names nothing that fits, or more than one thing.
        """
        if text.casefold() in UNKNOWN_WORDS:
            return Named(self._only(among, field), None)
        found = [Named(it, self.releases[it, text]) for it in among if (it, text) in self.releases]
        found = found or [named for it in among if (named := self._named_in_full(it, text))]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(f"{self.items_by_id[each.item]} {text}" for each in found)
            raise Invalid(
                '"{text}" may be {names}: write which.', field=field, text=text, names=names
            )
        raise _not_found('"{name}" does not fit there.', text, self._known(among), field=field)

    def _named_in_full(self, item: int, text: str) -> Named | None:
        """Read ``tg200-fw 2.3.1``, or the bare name of the item for a release not known."""
        name = self.items_by_id[item].name
        if text.casefold() == name.casefold():
            return Named(item, None)
        version = text[len(name) :].strip()
        if text.casefold().startswith(name.casefold() + " ") and (item, version) in self.releases:
            return Named(item, self.releases[item, version])
        return None

    def _known(self, among: Sequence[int]) -> list[str]:
        several = len(among) > 1
        return [
            f"{self.items_by_id[item]} {version}" if several else version
            for item, version in self.releases
            if item in among
        ]

    def _only(self, among: Sequence[int], field: str) -> int:
        if len(among) == 1:
            return among[0]
        names = ", ".join(str(self.items_by_id[item]) for item in among) or "nothing"
        raise Invalid(
            "Several items fit there ({names}): write the one it is, without a version.",
            field=field,
            names=names,
        )


def whole_catalogue() -> Catalogue:
    """Return all of the catalog. Six queries; a catalog holds thousands of rows, not millions."""
    plans = {
        item: [
            SlotPlan(
                plan.slot.name, plan.slot.is_optional, tuple(sorted({r.item_id for r in plan.fits}))
            )
            for plan in found
        ]
        for item, found in catalog.every_slot().items()
    }
    return Catalogue(
        catalog.items_by_name(),
        catalog.item_ids_by_number(),
        catalog.release_ids_by_name(),
        plans,
    )


_REGISTER = "Register it in the catalog first."
_NO_SLOT = (
    "Define it first; or, if it is a column of a list that says nothing about units, have it passed"
    ' over: on the page "Columns" of the list, empty its field.'
)


def _not_found(
    message: str,
    name: str,
    known: Iterable[str],
    *,
    field: str,
    item: str = "",
    mend: str = _REGISTER,
) -> Invalid:
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    hint = "Did you mean {near}?" if near else mend
    values = {"name": name, "item": item, "near": ", ".join(near)}
    return Invalid(f"{message} {hint}", field=field, **values)
