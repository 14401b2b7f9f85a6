"""Groups of ids that name one weakness (matching rules, section 8).

Ids are joined by the aliases that records state. No group holds two CVE ids, unless one of them is
rejected: an edge that would join two live ones is kept out and reported. Edges that touch a CVE
go first, then by name, so the groups depend on the edges alone, never on their order of arrival.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from longmark.core.formats.advisories.identifiers import is_cve

Edge = tuple[str, str]

_BEST_FIRST: Final = ("CVE-", "GHSA-", "PYSEC-", "RUSTSEC-", "GO-", "OSV-")


@dataclass(frozen=True)
class Grouping:
    """The name of each id's group, and the edges that were kept out."""

    names: dict[str, str]
    kept_apart: tuple[Edge, ...]

    def members(self) -> dict[str, list[str]]:
        """Return the ids of each group by its name, sorted."""
        found: dict[str, list[str]] = defaultdict(list)
        for identifier, name in sorted(self.names.items()):
            found[name].append(identifier)
        return dict(found)


def grouped(
    identifiers: Iterable[str], edges: Iterable[Edge], *, rejected: Collection[str] = ()
) -> Grouping:
    """Return the groups that `edges` make of `identifiers` and of their own ends.

    >>> grouped(["PYSEC-1"], [("PYSEC-1", "GHSA-2"), ("GHSA-2", "CVE-2024-0001")]).names["PYSEC-1"]
    'CVE-2024-0001'
    """
    canonical = sorted({(min(edge), max(edge)) for edge in edges}, key=_precedence)
    groups = {end: {end} for edge in canonical for end in edge}
    kept_apart = []
    for left, right in canonical:
        first, second = groups[left], groups[right]
        if first is second:
            continue
        live = [one for one in (*first, *second) if is_cve(one) and one not in rejected]
        if len(live) > 1:
            kept_apart.append((left, right))
            continue
        larger, smaller = (first, second) if len(first) >= len(second) else (second, first)
        larger |= smaller
        groups.update(dict.fromkeys(smaller, larger))
    chosen: dict[int, str] = {}
    for group in groups.values():
        chosen.setdefault(id(group), group_name(group, rejected=rejected))
    names = {one: one for one in identifiers if one not in groups}
    names |= {one: chosen[id(group)] for one, group in groups.items()}
    return Grouping(names, tuple(kept_apart))


def group_name(identifiers: Iterable[str], *, rejected: Collection[str] = ()) -> str:
    """Return the id that names a group: a live CVE, else GHSA, else an ecosystem's."""
    return min(identifiers, key=lambda one: (one in rejected, _rank(one), one))


def _precedence(edge: Edge) -> tuple[int, Edge]:
    return -sum(map(is_cve, edge)), edge


def _rank(identifier: str) -> int:
    for rank, prefix in enumerate(_BEST_FIRST):
        if identifier.startswith(prefix):
            return rank
    return len(_BEST_FIRST)
