"""CPE applicability: trees of configurations, nodes and matches (NVD 2.0; CVE JSON 5.1.1).

Configurations are alternatives. In one of them the nodes are alternatives too, or (AND) must all
hold: then whoever matches a vulnerable name of one node needs something out of each other node,
which becomes the condition of the statement. Names that are not vulnerable are never affected.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from longmark.core import identity
from longmark.core.errors import Invalid
from longmark.core.formats.advisories.bounds import Gathering
from longmark.core.formats.advisories.reading import RecordInvalid
from longmark.core.formats.advisories.records import (
    Alternatives,
    Condition,
    Confidence,
    Defect,
    Filters,
    Statement,
    Status,
    Surroundings,
    Tier,
)
from longmark.core.identity import Cpe
from longmark.core.versions import Scheme

MAX_DEPTH: Final = 8  # nodes within nodes; genuine feeds have two
MAX_NAMES: Final = 2_000  # per condition; the longest genuine list has about 600
_FIELD_COUNT: Final = 13
_WORDS: Final = 4  # platforms named in the text of a condition


class Match(msgspec.Struct, rename="camel"):
    """One CPE name with version bounds."""

    criteria: str
    vulnerable: bool = True
    version_start_including: str | None = None
    version_start_excluding: str | None = None
    version_end_including: str | None = None
    version_end_excluding: str | None = None


class Node(msgspec.Struct, rename="camel"):
    """Alternatives (OR) or requirements (AND); older feeds nest them."""

    operator: str = "OR"
    negate: bool = False
    cpe_match: list[Match] = []
    children: list["Node"] = []


class Configuration(msgspec.Struct, rename="camel"):
    """One alternative of a record."""

    nodes: list[Node] = []
    operator: str = "OR"
    negate: bool = False


class _Place(msgspec.Struct):
    """A node of an unnested configuration, with the others that must hold beside it."""

    matches: list[Match]
    needs: list[Node]
    pointer: str


def statements(
    configurations: Sequence[Configuration], *, pointer: str, tier: Tier, defects: list[Defect]
) -> list[Statement]:
    """Return one statement per package, condition and filters; append what was unusable."""
    gathered: dict[tuple[object, ...], _Gathered] = {}
    for number, configuration in enumerate(configurations):
        place = f"{pointer}/{number}"
        for node in _negated(configuration) if _has_negation(configuration) else ():
            defects.append(Defect(place, "What is negated cannot be evaluated."))
            for match in node:
                _gather(match, None, place, gathered, defects, is_negated=True)
        if configuration.negate:
            continue
        for part in _places(configuration.operator, configuration.nodes, place, 0):
            vulnerable = [match for match in part.matches if match.vulnerable]
            condition = _condition(part.needs) if vulnerable else None
            for match in vulnerable:
                _gather(match, condition, part.pointer, gathered, defects)
    stated = _versioned(gathered.values())
    found = [
        one.statement(tier, is_concrete=one.name.package in stated) for one in gathered.values()
    ]
    for one in gathered.values():
        defects += one.versions.defects
    return [statement for statement in found if statement]


def _has_negation(configuration: Configuration) -> bool:
    return configuration.negate or any(node.negate for node in configuration.nodes)


def _negated(configuration: Configuration) -> Iterator[list[Match]]:
    """Yield vulnerable names of nodes that are negated: nobody can tell what they leave."""
    for node in configuration.nodes:
        if node.negate or configuration.negate:
            found = [match for match in _matches(node, 0) if match.vulnerable]
            if found:
                yield found


def _matches(node: Node, depth: int) -> Iterator[Match]:
    yield from node.cpe_match
    for child in node.children if depth < MAX_DEPTH else ():
        yield from _matches(child, depth + 1)


def _places(operator: str, nodes: Sequence[Node], pointer: str, depth: int) -> Iterator[_Place]:
    if depth > MAX_DEPTH:
        raise RecordInvalid("The configuration is nested more than {limit} deep.", limit=MAX_DEPTH)
    is_all = operator.upper() == "AND" and len(nodes) > 1
    for number, node in enumerate(nodes):
        needs = [other for other in nodes if other is not node] if is_all else []
        place = f"{pointer}/nodes/{number}"
        if node.negate:
            continue
        if node.children:
            for part in _places(node.operator, _with_own(node), place, depth + 1):
                yield _Place(part.matches, part.needs + needs, part.pointer)
        elif node.operator.upper() == "AND" and len(node.cpe_match) > 1:
            singles = [Node(cpe_match=[match]) for match in node.cpe_match]
            for part in _places("AND", singles, place, depth + 1):
                yield _Place(part.matches, part.needs + needs, place)
        else:
            yield _Place(node.cpe_match, needs, place)


def _with_own(node: Node) -> list[Node]:
    own = [Node(cpe_match=node.cpe_match)] if node.cpe_match else []
    return own + node.children


def _condition(needs: Sequence[Node]) -> Condition | None:
    if not needs:
        return None
    groups = tuple(_alternatives(node) for node in needs)
    kinds = [_surroundings(_all_names(group)) for group in groups]
    kind = max(kinds, key=tuple(Surroundings).index)
    return Condition("; ".join(map(_worded, groups)), kind, groups)


def _alternatives(node: Node) -> Alternatives:
    """Return what a node asks for: names with their bounds, and the nodes within it."""
    matches = node.cpe_match[:MAX_NAMES]
    is_bounded = any(
        match.version_end_excluding
        or match.version_end_including
        or match.version_start_including
        or match.version_start_excluding
        for match in matches
    )
    return Alternatives(
        tuple(match.criteria for match in matches),
        node.negate,
        tuple(_bounds_of(match) for match in matches) if is_bounded else (),
        node.operator.upper() == "AND" and len(matches) + len(node.children) > 1,
        tuple(_alternatives(child) for child in node.children),
    )


def _bounds_of(match: Match) -> str:
    stated = (
        (">=", match.version_start_including),
        (">", match.version_start_excluding),
        ("<", match.version_end_excluding),
        ("<=", match.version_end_including),
    )
    return ",".join(f"{sign}{version}" for sign, version in stated if version)


def _all_names(group: Alternatives) -> Sequence[str]:
    if not group.groups:
        return group.names
    return [*group.names, *(name for inner in group.groups for name in _all_names(inner))]


def _surroundings(names: Iterable[str]) -> Surroundings:
    parts = {name[8:9] for name in names}
    if parts <= {"h"}:
        return Surroundings.HARDWARE
    return Surroundings.SYSTEM if parts <= {"o", "h"} else Surroundings.SOFTWARE


def _worded(group: Alternatives) -> str:
    pairs = dict.fromkeys(" ".join(name.split(":")[3:5]) for name in _all_names(group))
    shown = " or ".join(list(pairs)[:_WORDS])
    more = f" or {len(pairs) - _WORDS} others" if len(pairs) > _WORDS else ""
    return f"{'not with' if group.is_negated else 'with'} {shown}{more}"


class _Name(msgspec.Struct, eq=False):
    """What a CPE name says besides version and update; one object for each such name."""

    package: str
    scheme: Scheme
    part: str
    wording: str
    filters: Filters | None


class _Gathered:
    """All matches of one name under one condition."""

    def __init__(self, name: _Name, condition: Condition | None, place: str) -> None:
        self.name = name
        self.condition = condition
        self.place = place
        self.is_unversioned = False
        self.versions = Gathering(name.scheme)

    def statement(self, tier: Tier, *, is_concrete: bool) -> Statement | None:
        """Return the statement; a match without a version says nothing beside concrete ones."""
        if self.is_unversioned and not is_concrete:
            self.versions.add_everything(Status.UNKNOWN)
        ranges = self.versions.ranges()
        if not ranges and not self.versions.exact:
            return None
        return Statement(
            package=self.name.package,
            scheme=self.name.scheme,
            pointer=self.place,
            wording=self.name.wording,
            ranges=ranges,
            exact=self.versions.exact_versions(Status.NOT_AFFECTED),
            tier=tier,
            cap=Confidence.EXACT,
            part=self.name.part,
            condition=self.condition,
            filters=self.name.filters,
        )


def _versioned(gathered: Iterable[_Gathered]) -> set[str]:
    return {one.name.package for one in gathered if one.versions.spans or one.versions.exact}


def _gather(
    match: Match,
    condition: Condition | None,
    place: str,
    gathered: dict[tuple[object, ...], _Gathered],
    defects: list[Defect],
    *,
    is_negated: bool = False,
) -> None:
    try:
        name, version, update = _read(match.criteria)
    except Invalid as problem:
        defects.append(Defect(place, str(problem)))
        return
    if name is None:
        defects.append(Defect(place, f"'{match.criteria[:120]}' names no product."))
        return
    identified = (name, place if condition else place.partition("/nodes")[0])
    one = gathered.get(identified)
    if one is None:
        one = gathered[identified] = _Gathered(name, condition, place)
    if is_negated:
        one.is_unversioned = True
    else:
        _add_versions(match, version, update, one)


def _read(criteria: str) -> tuple[_Name | None, str, str]:
    """Return the name, version and update of a CPE name; plain ones are only split."""
    fields = criteria.split(":")
    if len(fields) == _FIELD_COUNT and "\\" not in criteria and criteria.startswith("cpe:2.3:"):
        fields = criteria.lower().split(":")
        return _name(*fields[2:5], *fields[7:]), fields[5] or "*", fields[6] or "*"
    cpe = Cpe.parse(criteria)
    rest = (cpe.edition, cpe.language, cpe.sw_edition, cpe.target_sw, cpe.target_hw, cpe.other)
    return _name(cpe.part, cpe.vendor, cpe.product, *rest), cpe.version, cpe.update


@lru_cache(maxsize=1 << 16)
def _name(part: str, vendor: str, product: str, *rest: str) -> _Name | None:
    edition, language, sw_edition, target_sw, target_hw, other = (one or "*" for one in rest)
    if part not in ("a", "o", "h", "*", "-"):
        raise Invalid("'{part}' is no part of a CPE name.", part=part[:40])
    cpe = Cpe(
        part,
        vendor or "*",
        product or "*",
        edition=edition,
        language=language,
        sw_edition=sw_edition,
        target_sw=target_sw,
        target_hw=target_hw,
        other=other,
    )
    package = identity.package_of_cpe(cpe)
    if package is None:
        return None
    wording = f"{cpe.vendor}:{cpe.product}"
    return _Name(package, identity.package_scheme(package), cpe.part, wording, _filters(cpe))


def _filters(cpe: Cpe) -> Filters | None:
    filters = Filters(
        edition=_concrete(cpe.edition),
        language=_concrete(cpe.language),
        sw_edition=_concrete(cpe.sw_edition),
        target_sw=_concrete(cpe.target_sw),
        target_hw=_concrete(cpe.target_hw),
        other=_concrete(cpe.other),
    )
    return None if filters == Filters() else filters


def _concrete(value: str) -> str:
    return "" if value in ("*", "-") else value


def _add_versions(match: Match, version: str, update: str, one: _Gathered) -> None:
    if version == "-" and one.name.part == "h":
        one.versions.add_everything(Status.AFFECTED)  # the device itself, whatever runs on it
    elif version == "-":
        one.is_unversioned = True
    elif version != "*":
        one.versions.add_exactly(version if update in ("*", "-") else f"{version}-{update}")
    else:
        low = _stated(">=", match.version_start_including, ">", match.version_start_excluding)
        high = _stated("<", match.version_end_excluding, "<=", match.version_end_including)
        one.versions.add_between(low, high, pointer=one.place)


def _stated(
    sign: str, version: str | None, other_sign: str, other: str | None
) -> tuple[str, str] | None:
    """Return the bound that is stated; no genuine record states both kinds on one side."""
    if version:
        return sign, version
    return (other_sign, other) if other else None
