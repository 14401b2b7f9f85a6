"""The difference between two lists of components: what came, what went, what changed.

Two components are the same piece in two versions when they go by the same *pairing key*: the
purl without its version, qualifiers and subpath; else vendor and product of the first CPE;
else group and name, folded. Where a list holds several of one key (two versions of a library,
two instances), those that are alike are paired first, then those of equal version, then those at
the same place, then the rest in the order of their versions; what is left over came or went.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from longmark.core.errors import Invalid
from longmark.core.formats.sboms.document import ComponentEntry, SbomDocument
from longmark.core.identity import Cpe, package_of_purl, package_scheme, parse_purl
from longmark.core.licences import combined
from longmark.core.versions import Scheme, Unkeyable, key


class Kind(StrEnum):
    """What became of a component."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Aspect(StrEnum):
    """In what a component changed."""

    VERSION = "version"
    LICENCE = "licence"
    SUPPLIER = "supplier"
    HASH = "hash"


class Direction(StrEnum):
    """Which way a version went."""

    NEWER = "newer"
    OLDER = "older"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Piece:
    """A component of one of the lists. ``id`` is what the caller knows it by."""

    key: str
    name: str
    version: str
    purl: str = ""
    licence: str = ""
    supplier: str = ""
    hashes: frozenset[str] = frozenset()
    path: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the difference; ``before`` is missing if it came, ``after`` if it went."""

    kind: Kind
    before: Piece | None
    after: Piece | None
    aspects: tuple[Aspect, ...] = ()

    @property
    def piece(self) -> Piece:
        """The component, as it is now, or as it was."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def direction(self) -> Direction:
        """Which way its version went, as far as the two have an order."""
        if self.before is None or self.after is None or Aspect.VERSION not in self.aspects:
            return Direction.UNKNOWN
        scheme = _scheme(self.after)
        try:
            old, new = key(scheme, self.before.version), key(scheme, self.after.version)
        except Unkeyable:
            return Direction.UNKNOWN
        if old == new:
            return Direction.UNKNOWN
        return Direction.NEWER if old < new else Direction.OLDER


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes, by name; and how many components stayed as they were."""

    changes: tuple[Change, ...]
    same_count: int

    def count(self, kind: Kind) -> int:
        """Return how many components came, went or changed."""
        return sum(1 for each in self.changes if each.kind is kind)

    def aspect_count(self, aspect: Aspect) -> int:
        """Return how many changed in one aspect."""
        return sum(1 for each in self.changes if aspect in each.aspects)

    def narrowed(self, only: str, text: str = "") -> list[Change]:
        """Return the changes of one kind or aspect, with ``text`` in name or purl."""
        folded = text.casefold()
        return [
            each
            for each in self.changes
            if (not only or only in (each.kind, *each.aspects))
            and (folded in each.piece.name.casefold() or folded in each.piece.purl.casefold())
        ]


def pairing_key(purl: str, cpes: Sequence[str], group: str, name: str) -> str:
    """Return by what a component is recognised in another version.

    >>> pairing_key("pkg:generic/zlib@1.2.12?arch=arm", (), "", "zlib")
    'pkg:generic/zlib'
    >>> pairing_key("", ["cpe:2.3:a:gnu:zlib:1.2:*:*:*:*:*:*:*"], "", "zlib")
    'cpe:gnu:zlib'
    """
    parsed = parse_purl(purl) if purl else None
    if parsed:
        return "pkg:" + "/".join(p for p in (parsed.type, parsed.namespace, parsed.name) if p)
    for each in cpes:
        try:
            cpe = Cpe.parse(each)
        except Invalid:
            continue
        return f"cpe:{cpe.vendor}:{cpe.product}"
    return f"name:{group.casefold()}/{name.casefold()}"


def pieces_of(document: SbomDocument) -> Iterator[Piece]:
    """Yield the components of a document that was read, without its subject."""
    yield from map(_piece, document.components)


def _piece(entry: ComponentEntry) -> Piece:
    return Piece(
        key=pairing_key(entry.purl or "", entry.cpes, entry.group or "", entry.name),
        name=entry.name,
        version=entry.version or "",
        purl=entry.purl or "",
        licence=combined(entry.licences).expression,
        supplier=entry.supplier or "",
        hashes=frozenset(f"{each.algorithm}:{each.digest}" for each in entry.hashes),
        path=entry.path,
    )


def difference(before: Iterable[Piece], after: Iterable[Piece]) -> Difference:
    """Return what changed between two lists of components."""
    old, new = _grouped(before), _grouped(after)
    changes: list[Change] = []
    same_count = 0
    for name in old.keys() | new.keys():
        for one, other in _paired(old.get(name, []), new.get(name, [])):
            change = _change(one, other)
            if change is None:
                same_count += 1
            else:
                changes.append(change)
    return Difference(tuple(sorted(changes, key=_order)), same_count)


def _order(change: Change) -> tuple[str, ...]:
    piece, before = change.piece, change.before
    old = before.version if before else ""
    return (piece.name.casefold(), piece.key, old, piece.version, *piece.path)


def _grouped(pieces: Iterable[Piece]) -> dict[str, list[Piece]]:
    groups: dict[str, list[Piece]] = defaultdict(list)
    for each in pieces:
        groups[each.key].append(each)
    return groups


def _paired(old: list[Piece], new: list[Piece]) -> Iterator[tuple[Piece | None, Piece | None]]:
    """Yield pairs of one key; one side is missing where the numbers differ."""
    for same in (_everything, _version_and_place, _version, _place):
        pairs, old, new = _matched(old, new, same)
        yield from pairs
    old.sort(key=_sorting)
    new.sort(key=_sorting)
    common = min(len(old), len(new))
    yield from zip(old[:common], new[:common], strict=True)
    yield from ((each, None) for each in old[common:])
    yield from ((None, each) for each in new[common:])


def _everything(piece: Piece) -> Hashable:
    return piece.version, piece.path, piece.licence, piece.supplier, piece.hashes


def _version_and_place(piece: Piece) -> Hashable:
    return piece.version, piece.path


def _version(piece: Piece) -> Hashable:
    return piece.version


def _place(piece: Piece) -> Hashable:
    return piece.path


def _matched(
    old: list[Piece], new: list[Piece], same: Callable[[Piece], Hashable]
) -> tuple[list[tuple[Piece | None, Piece | None]], list[Piece], list[Piece]]:
    """Return the pairs that are the same in one respect, and what is left on both sides."""
    waiting: dict[Hashable, list[Piece]] = defaultdict(list)
    for each in old:
        waiting[same(each)].append(each)
    pairs: list[tuple[Piece | None, Piece | None]] = []
    left: list[Piece] = []
    for each in new:
        partners = waiting[same(each)]
        if partners:
            pairs.append((partners.pop(0), each))
        else:
            left.append(each)
    return pairs, [each for partners in waiting.values() for each in partners], left


def _sorting(piece: Piece) -> tuple[str, ...]:
    try:
        place = key(_scheme(piece), piece.version)
    except Unkeyable:
        place = ""
    return (place, piece.version, *piece.path)


def _scheme(piece: Piece) -> Scheme:
    parsed = parse_purl(piece.purl) if piece.purl else None
    return package_scheme(package_of_purl(parsed)) if parsed else Scheme.GENERIC


def _change(before: Piece | None, after: Piece | None) -> Change | None:
    if before is None:
        return Change(Kind.ADDED, None, after)
    if after is None:
        return Change(Kind.REMOVED, before, None)
    aspects = tuple(_aspects(before, after))
    return Change(Kind.CHANGED, before, after, aspects) if aspects else None


def _aspects(before: Piece, after: Piece) -> Iterator[Aspect]:
    if before.version != after.version:
        yield Aspect.VERSION
    if before.licence != after.licence:
        yield Aspect.LICENCE
    if before.supplier != after.supplier:
        yield Aspect.SUPPLIER
    is_same_version = before.version == after.version
    if is_same_version and before.hashes and after.hashes and before.hashes != after.hashes:
        yield Aspect.HASH  # another version has other bytes of course


def plain_difference(found: Difference, changes: Iterable[Change]) -> dict[str, object]:
    """Return a difference as plain data, with the chosen changes."""
    return {
        "same_count": found.same_count,
        "counts": {
            **{kind.value: found.count(kind) for kind in Kind},
            **{aspect.value: found.aspect_count(aspect) for aspect in Aspect},
        },
        "changes": [plain_change(each) for each in changes],
    }


def plain_change(change: Change) -> dict[str, object]:
    """Return one change as plain data."""
    return {
        "kind": change.kind.value,
        "aspects": [each.value for each in change.aspects],
        "direction": change.direction.value,
        "before": _plain_piece(change.before),
        "after": _plain_piece(change.after),
    }


def _plain_piece(piece: Piece | None) -> dict[str, object] | None:
    if piece is None:
        return None
    return {
        "id": piece.id,
        "key": piece.key,
        "name": piece.name,
        "version": piece.version,
        "purl": piece.purl,
        "licence": piece.licence,
        "supplier": piece.supplier,
        "hashes": sorted(piece.hashes),
        "path": list(piece.path),
    }
