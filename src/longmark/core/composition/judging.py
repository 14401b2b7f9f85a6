"""Whether what sits in a unit may sit there, and together.

Two rules. *Fit*: a slot of an item takes the releases that are allowed in it. *Combination*: of the
combinations that are stated for an item and in force for the unit, one must hold; each names some
places below the item and the releases that may be there together. An item without combinations is
not asked. What is not known proves nothing: a combination that only an unknown release keeps from
holding is not a mismatch.

A configuration is judged once for all units that look alike. For which units a combination is in
force depends on the unit (when it was built, its serial number), so a mismatch says for whom it is
one; see `Mismatch`.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from longmark.core.canonical import canonical_json


@dataclass(frozen=True, slots=True)
class Effectivity:
    """For which units a combination is in force: built in ``[built_from, built_until]``, with a
    folded serial number in ``[serial_from, serial_until]``. An end that is not stated is open.
    """

    built_from: date | None = None
    built_until: date | None = None
    serial_from: str = ""
    serial_until: str = ""

    @property
    def is_for_all(self) -> bool:
        return self == _FOR_ALL


_FOR_ALL = Effectivity()


@dataclass(frozen=True, slots=True)
class Piece:
    """A place below an item, and the releases that may be there; the empty path: the item."""

    path: str
    item: int
    releases: frozenset[int]


@dataclass(frozen=True, slots=True)
class Combination:
    """Releases that may go together in units of an item."""

    number: int
    pieces: tuple[Piece, ...]
    effectivity: Effectivity = _FOR_ALL


@dataclass(frozen=True, slots=True)
class Rules:
    """What may sit where: releases by item and slot, combinations by item."""

    fits: Mapping[tuple[int, str], frozenset[int]]
    combinations: Mapping[int, Sequence[Combination]]


@dataclass(frozen=True, slots=True)
class Present:
    """One thing in a unit; without a release, it is not known which."""

    path: str
    item: int | None
    release: int | None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What is in a unit and may not be.

    ``path`` is where: the slot whose content does not fit, or the item whose combinations do not
    hold, then ``nearest`` is the one with the fewest ``wrong`` places. It is one for units in force
    of any of ``ruled`` and none of ``allowed``; without ``ruled``, for every unit. ``key`` stays
    the same as long as the rule and what sits in the places concerned do.
    """

    path: str
    nearest: int | None
    wrong: tuple[str, ...]
    key: str
    ruled: tuple[Effectivity, ...] = ()
    allowed: tuple[Effectivity, ...] = ()


def mismatches(content: Iterable[Present], rules: Rules) -> tuple[Mismatch, ...]:
    """Return what is not allowed in a configuration, in order of path."""
    by_path: dict[str, list[Present]] = {}
    for each in content:
        by_path.setdefault(each.path, []).append(each)
    found = [*_misfits(by_path, rules), *_broken_combinations(by_path, rules)]
    return tuple(sorted(found, key=lambda each: (each.path, each.nearest or 0)))


def _misfits(by_path: Mapping[str, Sequence[Present]], rules: Rules) -> Iterator[Mismatch]:
    for path, present in by_path.items():
        above, _, slot = path.rpartition("/")
        hosts = {each.item for each in by_path.get(above, ()) if each.item} if path else set()
        allowed = [fits for host in hosts if (fits := rules.fits.get((host, slot))) is not None]
        known = [each.release for each in present if each.release]
        if allowed and known and not any(fits.issuperset(known) for fits in allowed):
            yield Mismatch(path, None, (path,), _key("fit", path, known))


def _broken_combinations(
    by_path: Mapping[str, Sequence[Present]], rules: Rules
) -> Iterator[Mismatch]:
    for path, present in by_path.items():
        for item in sorted({each.item for each in present if each.item}):
            stated = rules.combinations.get(item, ())
            wrong = {each.number: _wrong(path, each, by_path) for each in stated}
            allowed = [each.effectivity for each in stated if not wrong[each.number]]
            if any(each.is_for_all for each in allowed):
                continue
            nearest = min(
                (each for each in stated if wrong[each.number]),
                key=lambda each: _distance(wrong[each.number], each),
                default=None,
            )
            if nearest is not None:
                yield _broken(path, stated, nearest, wrong[nearest.number], allowed, by_path)


def _distance(wrong: Sequence[str], combination: Combination) -> tuple[int, int, int]:
    """Fewest wrong places first; then those further inside, since firmware is sooner changed than
    the board that it runs on.
    """
    return len(wrong), -sum(path.count("/") for path in wrong), combination.number


def _broken(
    path: str,
    stated: Sequence[Combination],
    nearest: Combination,
    wrong: tuple[str, ...],
    allowed: Sequence[Effectivity],
    by_path: Mapping[str, Sequence[Present]],
) -> Mismatch:
    places = sorted({_joined(path, piece.path) for each in stated for piece in each.pieces})
    there = [each.release or 0 for place in places for each in by_path.get(place, ())]
    ruled = tuple(dict.fromkeys(each.effectivity for each in stated))
    return Mismatch(
        path,
        nearest.number,
        wrong,
        _key("combination", path, [*(each.number for each in stated), *there]),
        () if any(each.is_for_all for each in ruled) else ruled,
        tuple(dict.fromkeys(allowed)),
    )


def _wrong(
    path: str, combination: Combination, by_path: Mapping[str, Sequence[Present]]
) -> tuple[str, ...]:
    """Return the places where something is known to be that the combination does not allow."""
    found = []
    for piece in combination.pieces:
        place = _joined(path, piece.path)
        known = [each for each in by_path.get(place, ()) if each.release]
        if known and not any(each.release in piece.releases for each in known):
            found.append(place)
    return tuple(found)


def _key(rule: str, path: str, content: Sequence[int]) -> str:
    told = canonical_json([rule, path, list(content)])
    return hashlib.blake2b(told, digest_size=16).hexdigest()


def _joined(above: str, name: str) -> str:
    return f"{above}/{name}".strip("/")
